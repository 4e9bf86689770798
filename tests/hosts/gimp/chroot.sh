#!/bin/sh
# Makes a Debian trixie with GIMP 3 in folder $1, once; takes minutes and 1 GB, and needs root.
set -eu
[ ! -e "$1/whole" ] || exit 0
[ "$(id -u)" = 0 ] || { echo "GIMP 3 is tested in a chroot, which only root can make" >&2; exit 1; }
install() { apt-get install -y --no-install-recommends "$@" > /dev/null; }
which debootstrap > /dev/null || install debootstrap || { apt-get update > /dev/null && install debootstrap; }
rm -rf "$1"
mkdir -p "$(dirname "$1")"
debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg trixie "$1" http://deb.debian.org/debian > /dev/null
cp /etc/resolv.conf /etc/hosts "$1/etc/"
grep -l Acquire /etc/apt/apt.conf.d/* 2> /dev/null | xargs -r -I{} cp {} "$1/etc/apt/apt.conf.d/"
printf '#!/bin/sh\nexit 101\n' > "$1/usr/sbin/policy-rc.d"
chmod +x "$1/usr/sbin/policy-rc.d"
for part in doc man locale; do echo "path-exclude=/usr/share/$part/*"; done > "$1/etc/dpkg/dpkg.cfg.d/slim"
chroot "$1" sh -c 'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    gimp python3 python3-gi python3-gi-cairo gir1.2-gimp-3.0 gir1.2-gtk-3.0 xvfb xauth xdotool scrot openbox \
    dbus-x11 x11-utils at-spi2-core fonts-dejavu-core && apt-get clean' > /dev/null
touch "$1/whole"
