#!/bin/bash
# In the chroot: GIMP's window under a screen of its own; $1 has the keys that answer the dialog, whose title is $TITLE.
# Leaves titles.txt and pictures in $OUT.
rm -f "$OUT/report.json" "$OUT/titles.txt" "$OUT/display"
Xvfb -displayfd 3 -screen 0 1400x900x24 -nolisten tcp 3> "$OUT/display" > /dev/null 2>&1 &
until [ -s "$OUT/display" ]; do sleep 0.1; done
export DISPLAY=:$(cat "$OUT/display")
openbox > /dev/null 2>&1 &
until xprop -root _NET_SUPPORTING_WM_CHECK | grep -q '#'; do sleep 0.1; done # without it no window is given the keys
script="exec(compile(open('$OUT/scripts/window.py').read(), 'window.py', 'exec'))"
dbus-run-session -- gimp --new-instance --no-splash --batch-interpreter python-fu-eval -b "$script" > "$OUT/window.log" 2>&1 &
for number in $(seq 1 "${DIALOGS:-1}"); do # DIALOGS: how many are shown one after the other
    for _ in $(seq 1 240); do
        dialog=$(xdotool search --onlyvisible --name "^$TITLE\$" 2> /dev/null | tail -1)
        [ -n "$dialog" ] && break
        sleep 0.25
    done
    sleep 1.5
    [ "$number" != 1 ] || scrot -o "$OUT/dialog.png"
    for _ in $(seq 1 10); do # a dialog that is not ready yet, or has no focus, does not hear a key
        xdotool windowactivate --sync "$dialog" && xdotool key $1
        sleep 2
        [ "$(xdotool search --onlyvisible --name "^$TITLE\$" 2> /dev/null | tail -1)" = "$dialog" ] || break
    done
done
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
