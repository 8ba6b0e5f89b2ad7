# SPDX-License-Identifier: LGPL-2.1-or-later
# zsh -f offers.zsh DIRECTORY WORK: for each line of standard input what zsh offers behind it
# by DIRECTORY/_avow: a line each, then an empty one. Completion needs an editor and that
# a terminal, so another zsh gets one.
zmodload zsh/zpty
directory=$1 work=$2

cat >$work/inner.zsh <<END
PS1= PS2= RPS1=
fpath=($directory \$fpath)
autoload -Uz compinit
compinit -u -D
zstyle ':completion:*' list-prompt ''
zstyle ':completion:*' select-prompt ''
LISTMAX=10000
# What is added, but for calls that only ask what would be.
compadd() {
	local -a got
	if [[ \${@[(i)-[OAD]]} -gt \$# ]]; then
		builtin compadd -O got "\$@"
		(( \$#got )) && print -rl -- \$got >>$work/offered
	fi
	builtin compadd "\$@"
}
all() { _main_complete; print END >>$work/offered; }
zle -C all list-choices all
bindkey -e
bindkey '^I' all
print READY >$work/offered
END

: >$work/offered
zpty inner "TERM=dumb zsh -f -i"
zpty -w inner "source $work/inner.zsh"

wait_for() {
	local i
	for ((i = 0; i < 1000; i++)); do
		grep -qx $1 $work/offered && return
		zpty -r -t inner >/dev/null
		sleep 0.02
	done
	print -u2 "zsh does not answer"
	exit 1
}

wait_for READY
while IFS= read -r line; do
	: >$work/offered
	zpty -w -n inner $'\C-u'$line$'\t'
	wait_for END
	grep -vx END $work/offered
	print
done
zpty -d inner
