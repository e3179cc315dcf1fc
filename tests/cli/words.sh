#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What does the CLI say where no module is in: to words that are wrong, to files that are
# not what was wanted, and to a device that is not there?  $MODBPF names the CLI.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/cli/cases

# --- words ---------------------------------------------------------------------

says 0 stdout "Usage: modbpf" help
says 0 stdout "Usage: modbpf" prog help
says 0 stdout "modbpf v" version
says 0 stdout "modbpf v" -V
says 0 stdout '{"version":"' -j version
says 0 stdout '  "version":' --pretty version
says 255 stderr "Usage: modbpf"
says 255 stdout '{"error":"an object is missing' -j
says 255 stderr "Error: 'cgroup' is no object" cgroup show
says 255 stderr "Error: 'attach' is no prog command" prog attach
says 255 stderr "Error: '--legacy' is no option" --legacy prog
says 255 stdout "{\"error\":\"'cgroup' is no object" -j cgroup
says 255 stderr "Error: prog command 'l' could be 'list' or 'load'" prog l
says 255 stderr "Error: map command 'd' could be 'dump' or 'delete'" map d id 1
says 255 stderr "Error: expected 'xlated' or 'jited', got: nothing" prog dump
says 255 stderr "Error: expected 'xlated' or 'jited', got: id" prog dump id 3
says 255 stderr "Error: which prog? wanted 'id', 'name' or 'pinned'" prog dump xlated
says 255 stderr "Error: id is missing" prog show id
says 255 stderr "Error: id is a number from 0 to 4294967295, not 'x'" prog show id x
says 255 stderr "Error: id is a number from 0 to 4294967295, not '4294967296'" map show id 4294967296
says 255 stderr "Error: a tag is 16 hexadecimal digits, not '00'" prog show tag 00
says 255 stderr "Error: wanted 'id', 'name' or 'pinned', not 'tag'" map show tag 0011223344556677
says 255 stderr "Error: wanted 'id' or 'pinned', not 'name'" link show name x
says 255 stderr "Error: wanted 'id', not 'name'" btf show name x
says 255 stderr "Error: FILE or 'none' is missing" btf kernel
says 255 stderr "Error: which link? wanted 'id' or 'pinned'" link detach
says 255 stderr "Error: FILE is missing" load
says 255 stderr "Error: FILE is missing" prog load
says 255 stderr "Error: 'b' is one word too many" load a b

says 255 stderr "Error: FILE is missing" map create
says 255 stderr "Error: 'heap' is no map type" map create /x type heap
says 255 stderr "Error: a map needs a type" map create /x name n
says 255 stderr "Error: a map needs a name" map create /x type queue value 8 entries 4
says 255 stderr "Error: entries is a number from 0 to 4294967295, not 'x'" map create /x entries x
says 255 stderr "Error: expected 'type', 'key', 'value', 'entries', 'name' or 'flags', got: size" map create /x size 4

says 255 stderr "Error: a command is missing: modbpf run" run
says 255 stderr "Error: a command is missing: modbpf run" run --log --
says 255 stderr "Error: a command is missing: modbpf run" run --btf FILE
says 255 stderr "Error: the file behind '--btf' is missing" run --log --btf
says 255 stderr "Error: '--types' is no option of run, which has --log and --btf FILE" run --types FILE true

# --- no device -------------------------------------------------------------------

if [ -e /dev/modbpf ]; then
	skip "answers without a device: /dev/modbpf is there"
else
	gone="modbpf: /dev/modbpf is not there: insert the module (modprobe modbpf)"
	for words in "prog" "prog show" "p s" "pr list" "map show" "m sh id 3" "link" "l show" "li detach id 7" \
		"feature" "map lookup name x key 1" "prog dump x id 1" "prog run name f" "prog show tag 0011223344556677" \
		"run true" "run --btf FILE -- true"; do
		case $words in
		"l show")	says 255 stderr "Error: object 'l' could be 'link' or 'load'" $words ;;
		*)		says 255 stderr "Error: $gone" $words ;;
		esac
		case $words in
		"l show")	;;
		*)		says 255 stdout "{\"error\":\"$gone\"}" -j $words ;;
		esac
	done
fi
finish words
