#!/bin/bash
# In the chroot: GIMP's window under a screen of its own; $1 is the key that answers the dialog. Leaves titles.txt and pictures in $OUT.
export DISPLAY=:$((RANDOM % 500 + 100))
Xvfb $DISPLAY -screen 0 1400x900x24 -nolisten tcp > /dev/null 2>&1 &
sleep 1
openbox > /dev/null 2>&1 &
rm -f "$OUT/report.json" "$OUT/titles.txt"
script="exec(compile(open('$OUT/scripts/window.py').read(), 'window.py', 'exec'))"
dbus-run-session -- gimp --new-instance --no-splash --batch-interpreter python-fu-eval -b "$script" > "$OUT/window.log" 2>&1 &
for _ in $(seq 1 240); do
    dialog=$(xdotool search --onlyvisible --name '^Colour line art$' 2> /dev/null | tail -1)
    [ -n "$dialog" ] && break
    sleep 0.25
done
sleep 1.5
scrot -o "$OUT/dialog.png"
xdotool windowactivate --sync "$dialog"
xdotool key "$1"
for _ in $(seq 1 160); do [ -s "$OUT/report.json" ] && break; sleep 0.25; done
sleep 1.5
shown() { xdotool search --onlyvisible --name 'layers?\).*GIMP$' 2> /dev/null | head -1 | xargs -r xdotool getwindowname; }
title() { # NAME OLD: once the title is another than OLD, or ten seconds later
    for _ in $(seq 1 40); do [ "$(shown)" != "$2" ] && break; sleep 0.25; done
    sleep 0.5
    echo "$1 $(shown)" >> "$OUT/titles.txt"
}
title run ""
window=$(xdotool search --onlyvisible --name 'layers?\).*GIMP$' | head -1)
xdotool windowactivate --sync "$window"
xdotool mousemove 600 400
sleep 1
scrot -o "$OUT/window.png"
before=$(shown)
xdotool key ctrl+z
title undo "$before"
before=$(shown)
xdotool key ctrl+y
title redo "$before"
scrot -o "$OUT/redone.png"
kill $(jobs -p)
