// The shell scripts that start a process in a container. Each replaces itself by the next one, so that a signal reaches
// the main process of the container.

/**
 * Runs as root: joins the memory group, hides files of this machine, and drops all privileges. Arguments: the file with
 * the processes of the memory group, the folder of the container, the packages, the user, two limits, the launcher, the
 * command, and the folder of the application. That folder is hidden last, when the container has everything that it
 * needs.
 */
export const SETUP = `set -e
echo $$ > "$1"
mount -t tmpfs -o ro,mode=755 none /sys/fs/cgroup 2>/dev/null || true
mount --bind "$2" /mnt
mount --bind "$3" /mnt/deps
mount -t tmpfs -o mode=755 none /home
mkdir /home/vcap
mount --rbind /mnt /home/vcap
umount -R /mnt
mount -t tmpfs -o mode=1777 none /tmp
for hidden in /root "$9"; do
  case "$hidden" in / | /home | /home/vcap*) continue ;; esac
  if [ -d "$hidden" ]; then mount -t tmpfs -o mode=755 none "$hidden"; fi
done
ulimit -n "$5"
ulimit -u "$6"
cd /home/vcap
exec setpriv --reuid "$4" --regid "$4" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all \\
  bash -c "$7" launcher "$8"
`

/** What the launcher prints on stdout at each start, in this order. */
export const LAUNCHER_LINES = ['Invoking pre-start scripts.', 'Invoking start command.'] as const

/** As the platform's launcher, which prints two lines of its own. It runs the scripts of the buildpack and of the app. */
export const LAUNCHER = `cd "$HOME"
echo '${LAUNCHER_LINES[0]}'
for script in ../profile.d/* .profile.d/* .profile; do
  if [ -f "$script" ]; then source "$script"; fi
done
echo '${LAUNCHER_LINES[1]}'
exec bash -c "$1"
`
