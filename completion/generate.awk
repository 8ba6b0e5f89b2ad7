# SPDX-License-Identifier: LGPL-2.1-or-later
# awk -v shell=bash|zsh|fish -f generate.awk avow.table: the completion file of that shell.
BEGIN {
	FS = "\t"
}

/^#/ || NF == 0 { next }

$1 == "verb" && NF == 4 {
	order[++verbs] = $2
	operand[$2] = $3
	about[$2] = $4
	next
}

$1 == "option" && NF == 5 {
	name[++options] = $2
	option[options] = $3
	value[options] = $4
	says[options] = $5
	next
}

{
	print "avow.table:" FNR ": neither a verb nor an option" >"/dev/stderr"
	bad = 1
	exit
}

END {
	if (bad)
		exit 1
	print (shell == "zsh" ? "#compdef avow\n" : "") "# SPDX-License-Identifier: LGPL-2.1-or-later"
	print "# Made from completion/avow.table."
	if (shell == "bash")
		bash()
	else if (shell == "zsh")
		zsh()
	else
		fish()
}

# The verbs behind these, with spaces between; the command's own for ".".
function below(verb,	i, list, prefix) {
	prefix = verb == "." ? "" : verb " "
	for (i = 1; i <= verbs; i++)
		if (substr(order[i], 1, length(prefix)) == prefix && order[i] != verb &&
		    substr(order[i], length(prefix) + 1) !~ / /)
			list = list (list ? " " : "") substr(order[i], length(prefix) + 1)
	return list
}

function quoted(text) {
	gsub(/'/, "'\\''", text)
	return "'" text "'"
}

# ---- bash ----

function bash(	i, of) {
	for (i = 1; i <= options; i++)
		of[name[i]] = of[name[i]] (of[name[i]] ? " " : "") option[i]
	print "declare -gA _avow_verbs=([.]=" quoted(below("."))
	for (i = 1; i <= verbs; i++)
		print "\t[" quoted(order[i]) "]=" quoted(below(order[i]))
	print ")\ndeclare -gA _avow_options=([.]=" quoted(of["."])
	for (i = 1; i <= verbs; i++)
		print "\t[" quoted(order[i]) "]=" quoted(of[order[i]])
	print ")\ndeclare -gA _avow_operands=([.]=none"
	for (i = 1; i <= verbs; i++)
		print "\t[" quoted(order[i]) "]=" operand[order[i]]
	print ")\ndeclare -gA _avow_values=("
	for (i = 1; i <= options; i++)
		if (value[i] != "none")
			print "\t[" quoted(name[i] " " option[i]) "]=" value[i]
	print ")\n"
	print "# _avow_offer KIND: what begins as the current word does."
	print "_avow_offer() {"
	print "\tlocal word=${COMP_WORDS[COMP_CWORD]}"
	print "\t[ \"$word\" != = ] || word="
	print "\tcase $1 in"
	print "\tnone | word) ;;"
	print "\tfile)"
	print "\t\tcompopt -o filenames 2>/dev/null"
	print "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")"
	print "\t\t;;"
	print "\tprogram)"
	print "\t\tcompopt -o filenames 2>/dev/null"
	print "\t\tmapfile -t COMPREPLY < <(compgen -c -- \"$word\"; compgen -f -- \"$word\")"
	print "\t\t;;"
	print "\tpid) mapfile -t COMPREPLY < <(cd /proc && compgen -W \"$(echo [0-9]*)\" -- \"$word\") ;;"
	print "\t*) mapfile -t COMPREPLY < <(compgen -W \"${1//\\// }\" -- \"$word\") ;;"
	print "\tesac"
	print "}\n"
	print "_avow() {"
	print "\tlocal at=. i word before=${COMP_WORDS[COMP_CWORD-1]} operands=0"
	print "\tCOMPREPLY=()"
	print "\tfor ((i = 1; i < COMP_CWORD; i++)); do"
	print "\t\tword=${COMP_WORDS[i]}"
	print "\t\tif [[ \" ${_avow_verbs[$at]} \" == *\" $word \"* ]]; then"
	print "\t\t\t[ \"$at\" = . ] && at=$word || at=\"$at $word\""
	print "\t\telif [ \"$word\" != = ] && [[ $word != -* ]] && [ -z \"${_avow_values[$at ${COMP_WORDS[i-1]}]-}\" ]; then"
	print "\t\t\toperands=1"
	print "\t\tfi"
	print "\tdone"
	print "\t# \"--color=al\" is three words here."
	print "\t[ \"$before\" != = ] || before=${COMP_WORDS[COMP_CWORD-2]}"
	print "\t[ \"${COMP_WORDS[COMP_CWORD]}\" != = ] || before=${COMP_WORDS[COMP_CWORD-1]}"
	print "\tword=${COMP_WORDS[COMP_CWORD]}"
	print "\tif [ -n \"${_avow_values[$at $before]-}\" ]; then"
	print "\t\t_avow_offer \"${_avow_values[$at $before]}\""
	print "\telif [[ $word == -* ]]; then"
	print "\t\tmapfile -t COMPREPLY < <(compgen -W \"${_avow_options[$at]}\" -- \"$word\")"
	print "\telif [ -n \"${_avow_verbs[$at]}\" ]; then"
	print "\t\tmapfile -t COMPREPLY < <(compgen -W \"${_avow_verbs[$at]}\" -- \"$word\")"
	print "\telif [ \"$operands\" = 0 ]; then"
	print "\t\t_avow_offer \"${_avow_operands[$at]}\""
	print "\tfi"
	print "}\n"
	print "complete -F _avow avow"
}

# ---- zsh ----

function zsh_kind(kind) {
	if (kind == "file")
		return "file:_files"
	if (kind == "pid")
		return "process:_avow_pids"
	if (kind == "word")
		return "number: "
	gsub("/", " ", kind)
	return "word:(" kind ")"
}

# For _arguments: no colon or bracket may be in a description.
function zsh_says(text) {
	gsub(/[:\[\]]/, "", text)
	return text
}

function zsh_verb(verb,	i, list, parts, n, function_name) {
	function_name = verb == "." ? "_avow" : "_avow_" verb
	gsub(/ /, "_", function_name)
	n = split(below(verb), parts, " ")
	print function_name "() {"
	if (n) {
		print "\tlocal -a verbs=("
		for (i = 1; i <= n; i++) {
			list = (verb == "." ? "" : verb " ") parts[i]
			print "\t\t" quoted(parts[i] ":" about[list])
		}
		print "\t)"
		print "\tlocal state"
	}
	printf "\t_arguments -S"
	for (i = 1; i <= options; i++) {
		if (name[i] != verb)
			continue
		printf " \\\n\t\t%s", quoted(option[i] (value[i] != "none" && option[i] ~ /^--/ ? "=" : "") \
			"[" zsh_says(says[i]) "]" (value[i] == "none" ? "" : ":" zsh_kind(value[i])))
	}
	if (n)
		print " \\\n\t\t'1: :->verb' '*:: :->rest'"
	else if (operand[verb] == "program")
		print " \\\n\t\t'1:program:_avow_programs' '*::argument:_normal'"
	else if (operand[verb] != "none")
		print " \\\n\t\t" quoted("1:" zsh_kind(operand[verb]))
	else
		print ""
	if (n) {
		print "\tcase $state in"
		print "\tverb) _describe -t verbs verb verbs ;;"
		print "\trest) (( $+functions[" function_name "_$words[1]] )) && " function_name "_$words[1] ;;"
		print "\tesac"
	}
	print "}\n"
}

function zsh(	i) {
	print "_avow_pids() { compadd -- /proc/<->(N:t) }"
	print "_avow_programs() { _alternative 'commands:command:compadd -k commands' 'files:file:_files' }\n"
	zsh_verb(".")
	for (i = 1; i <= verbs; i++)
		zsh_verb(order[i])
	print "_avow \"$@\""
}

# ---- fish ----

function fish_kind(kind) {
	if (kind == "file")
		return " -r -F"
	if (kind == "word")
		return " -x"
	gsub("/", " ", kind)
	return " -x -a " quoted(kind)
}

function fish_operand(verb) {
	if (operand[verb] == "pid")
		print "complete -c avow -n '__avow_at " verb "' -a '(__fish_complete_pids)'"
	else if (operand[verb] == "file")
		print "complete -c avow -n '__avow_at " verb "' -F"
	else if (operand[verb] == "program")
		print "complete -c avow -n '__avow_at " verb "' -F -a '(__fish_complete_command)'"
}

function fish(	i, before, last) {
	print "# Are these the verbs so far, and those that follow, if exactly is given, none?"
	print "function __avow_at"
	print "\tset -l words (commandline -opc | string match -v -- '-*')[2..-1]"
	print "\tif test \"$argv[1]\" = exactly"
	print "\t\ttest \"$words\" = \"$argv[2..-1]\""
	print "\telse"
	print "\t\ttest (count $words) -ge (count $argv); and test \"$words[1..\"(count $argv)\"]\" = \"$argv\""
	print "\tend"
	print "end\n"
	print "complete -c avow -f"
	for (i = 1; i <= verbs; i++) {
		before = order[i]
		last = order[i]
		sub(/ ?[^ ]*$/, "", before)
		sub(/^.* /, "", last)
		print "complete -c avow -n '__avow_at exactly" (before ? " " before : "") "' -a " last " -d " quoted(about[order[i]])
		fish_operand(order[i])
	}
	for (i = 1; i <= options; i++)
		print "complete -c avow -n '__avow_at " (name[i] == "." ? "exactly" : name[i]) "'" \
			(option[i] ~ /^--/ ? " -l " substr(option[i], 3) : " -s " substr(option[i], 2)) \
			(value[i] == "none" ? "" : fish_kind(value[i])) " -d " quoted(says[i])
}
