// Probes and scrapes are exempt from load shedding and rate limits: without their answers the platform would kill a
// busy instance.

const EXEMPT = /^\/(health\/(live|ready)|metrics)\/?$/

export const isExempt = (path: string): boolean => EXEMPT.test(path)
