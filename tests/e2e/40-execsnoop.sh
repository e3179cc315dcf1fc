#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does the example execsnoop show the commands that are run, and those that fail?
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
"${typed[@]}" "$EXAMPLES/execsnoop" >"$SCRATCH/log" 2>&1 </dev/null &
holder=$!
check "execsnoop starts" within 30 grep -q COMM "$SCRATCH/log" || { cat "$SCRATCH/log"; finish; }
for i in 1 2 3; do
	/bin/echo "hello $i" >/dev/null
done
cp /bin/true "$SCRATCH/a_rare_name"
"$SCRATCH/a_rare_name"
bash -c 'exec /no/such/file' 2>/dev/null
# The copy's file is shown, too, as an argument.
shown="[0-9] *a_rare_name *$SCRATCH/a_rare_name"
check "a rare command is shown" within 10 grep -q "$shown" "$SCRATCH/log"
line=$(grep "$shown" "$SCRATCH/log" | tail -1)
read -r _ pid ppid ret comm file <<<"$line"
equal "its parent is this shell" "$ppid" $$
equal "it worked" "$ret" 0
equal "its name" "$comm" a_rare_name
equal "its file" "$file" "$SCRATCH/a_rare_name"
check "its pid is a number" test "$pid" -gt 0
equal "each echo is shown, once" "$(grep -c ' 0  *echo  */bin/echo' "$SCRATCH/log")" 3
check "a failed one is shown" within 10 grep -q -- '-2 .*/no/such/file' "$SCRATCH/log"
release
check "nothing is attached any more" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
