// How the rivals with duties answer, as the environment says.

const { GET_BODY = '', POST_MODULE } = process.env
const { transform } = POST_MODULE ? await import(POST_MODULE) : {}

export const getBody = GET_BODY

/** By parsing, as a server does by default. */
export const answerPost = (bytes: Buffer): Buffer =>
  Buffer.from(JSON.stringify(transform(JSON.parse(bytes.toString()))))
