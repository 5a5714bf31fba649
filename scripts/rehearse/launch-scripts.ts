// The shell scripts that lead from this machine into a container, each ending in the next: one process all the way, so
// that what is signalled at the end is the main process of the container.

/**
 * As root: joins the memory group, hides what the platform hides, and gives up all rights. Its arguments are the group's
 * list, the container's folder, the packages, the user, two limits, what to run, and the folder that was pushed from. That
 * one, and others with files of this machine, are hidden when the container has all that it needs.
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

/** What the launcher of the platform does: the scripts of the buildpack, those of the application, then the command. */
export const LAUNCHER = `cd "$HOME"
for script in ../profile.d/* .profile.d/* .profile; do
  if [ -f "$script" ]; then source "$script"; fi
done
exec bash -c "$1"
`
