# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the help texts of the command $avow name: sourced, not run.

# help_verbs [VERB]: the first word of each line that begins with two spaces and a letter.
help_verbs() {
	"${avow:?}" "$@" --help | sed -nE 's/^  ([a-z]+) .*/\1/p' | sort
}

# help_options [VERB...]: the first column of the lines that begin with two spaces and a dash.
help_options() {
	"${avow:?}" "$@" --help | sed -nE 's/^  (-[^ ,]+(, --[^ ]+)?) .*/\1/p' | tr ',' '\n' | sed -E 's/^ +//; s/[= ].*//' | sort
}

# Words in one line, in order; xargs would take an option for its echo's.
words() {
	tr -s ' \n' '\n' | sort -u | tr '\n' ' ' | sed -E 's/^ +//; s/ +$//'
}

# policy's own help has verbs, and itself the option that shows it.
all_options() {
	local options
	options=$(help_options "$@" | words)
	echo "${options:---help}"
}
