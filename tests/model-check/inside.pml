/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of threads inside (kmod/inside.c), for spin: lists of records that a task looks
 * through without a lock, while others take records out and put them into other lists. Claim:
 * a task that is inside finds its own record.
 *
 * Two lists. Task 0 is inside all the time and looks for itself, in list 0. The records 1 and 2
 * are taken and left by tasks of either list, in every order.
 */
#ifndef ROUNDS
#define ROUNDS 3
#endif

#define RECORDS 3
#define END 3			/* the end of list 0; END + 1 of list 1 */
#define IS_END(n) ((n) >= END)

byte first[2];			/* of each list: a record or its end */
byte next[RECORDS];
byte task[RECORDS];		/* who is inside; 0: the looker, 1: nobody, 2 and 3: tasks of lists 0 and 1 */
bit lock;			/* table_lock */

#define NOBODY 1

/* hlist_nulls_add_head_rcu(): the record's next is set, then it is published */
inline add(r, list)
{
	next[r] = first[list];
	first[list] = r
}

/* hlist_nulls_del_rcu(): who stands on the record finds its next as it was */
inline del(r, list)
{
	d = first[list];
	if
	:: d == r -> first[list] = next[r]
	:: else ->
		do
		:: next[d] == r -> break
		:: else -> d = next[d]
		od;
		next[d] = next[r]
	fi;
	d = 0
}

/* Tasks that enter and leave: inside_enter(), inside_leave() */
proctype others(byte r)
{
	byte n, list, d;

	do
	:: n < ROUNDS ->
		atomic {
			n++;
			if :: list = 0 :: list = 1 fi;
			!lock -> lock = 1;
			task[r] = 2 + list
		}
		next[r] = first[list];
		atomic { first[list] = r; lock = 0 }
		atomic {
			!lock -> lock = 1;
			del(r, list)
		}
		atomic { task[r] = NOBODY; lock = 0 }
	:: break
	od
}

/* find_current(), once inside */
proctype looker()
{
	byte at, n;

	do
	:: n < 2 ->
		n++;
again:		at = first[0];
		do
		:: IS_END(at) -> break
		:: !IS_END(at) && task[at] == 0 -> goto found
		:: !IS_END(at) && task[at] != 0 -> at = next[at]
		od;
#ifndef BREAK_NO_NULLS
		if
		:: at != END -> goto again
		:: else
		fi;
#endif
		assert(false);			/* inside, and not found */
found:		at = 0
	:: break
	od
}

init
{
	atomic {
		first[0] = END; first[1] = END + 1;
		task[1] = NOBODY; task[2] = NOBODY;
		add(0, 0);
		run looker(); run others(1); run others(2)
	}
}
