/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The protocol by which page-table entries are made and taken away, for spin: two address
 * spaces, two slots, four tasks. Each step that another task can come in between is a step
 * here, and says which function of kmod/, or of the kernel (6.1), it stands for.
 *
 * What is claimed is INVARIANT below, at every moment; that no task waits for ever; and
 * what is asserted where pages and enclave are freed. Processors have no memory of entries
 * here: who drops an entry flushes it, as unmap_mapping_range(), zap_vma_ptes(), munmap()
 * and mprotect() do before they return.
 *
 * A task does up to OPS_* operations of those that it can do, in any order, with any
 * arguments. PHASE 0 is before INIT and PHASE 1 after it. STRICT, POLICY: see below.
 * BREAK_*: one thing done wrong; for each of them spin must find a counterexample.
 */

#ifndef PHASE
#define PHASE 1
#endif
#ifndef OPS_MAPPER
#define OPS_MAPPER 2
#endif
#ifndef OPS_OTHER
#define OPS_OTHER 1
#endif
#ifndef OPS_INSIDE
#define OPS_INSIDE 1
#endif
#ifndef OPS_HOST
#define OPS_HOST 2
#endif

#define R 1
#define W 2
#define X 4
#define SLOTS 2
#define AT(m, s) ((m) * SLOTS + (s))
#define WITHIN(a, b) (((a) & (b)) == (a))

/* --- what there is --- */

/* Locks. The page-table lock is held over single steps only, so it is those steps. */
bit mmap_w[2]; byte mmap_r[2];		/* mmap_lock of an address space */
bit encl_lock; byte encl_r;		/* encl->lock: for writing, for reading */
bit immap_w; byte immap_r;		/* i_mmap_rwsem of the anchor */
bit busy;				/* ENCL_BUSY */

/* The words (core/slot.h), under encl->lock. */
bit used[SLOTS];			/* no hole */
bit present[SLOTS];
byte intent[SLOTS], epcm[SLOTS];
bit transit[SLOTS];			/* PENDING or MODIFIED */
bit trim[SLOTS];
byte page[SLOTS];			/* encl->pages */
bit initialized;
#ifdef POLICY
byte history[SLOTS];			/* EVER_W, EVER_X */
#endif

/* Mappings, one for each slot of an address space; under its mmap_lock. */
bit mapped[4];				/* in the tree of the address space */
bit linked[4];				/* in the anchor's i_mmap, where zapping looks */
byte rights[4];				/* vm_flags */

/* Page-table entries. */
bit pte[4];
byte pte_rights[4], pte_page[4];

/* Physical pages, and who keeps the enclave: descriptor, mappings, the thread inside. */
#define PAGES 4
bit live[PAGES];
byte refs, users[2];			/* users: threads of an address space */
bit closed, freed;
bit forked;				/* the second address space is there */

/* For the claim: a word was changed and its entries are not dropped yet; so a mapping. */
bit word_open[SLOTS];
bit mapping_open[2];

#define GRANTED(s) ((present[s] && !transit[s] && !trim[s]) -> epcm[s] : 0)
#define BOUND(s) (GRANTED(s) & intent[s])

/*
 * An entry leads to the page of its slot, which is not freed, and has no right that the
 * EPCM, the intent or the mapping lacks. In between may be only what is under way: the
 * drop of entries after a change, and that only while the locks are held.
 */
#define ENTRY_OK(m, s) (!pte[AT(m, s)] || ( \
	live[pte_page[AT(m, s)]] && \
	(word_open[s] || (present[s] && pte_page[AT(m, s)] == page[s] && \
			  WITHIN(pte_rights[AT(m, s)], BOUND(s)))) && \
	(mapping_open[m] || (mapped[AT(m, s)] && \
			     WITHIN(pte_rights[AT(m, s)], rights[AT(m, s)])))))
#define WINDOWS_OK \
	((encl_lock || (!word_open[0] && !word_open[1])) && \
	 (HELD(0) || !mapping_open[0]) && (HELD(1) || !mapping_open[1]))
#ifdef BREAK_MPROTECT_SHARED
#define HELD(m) (mmap_w[m] || mmap_r[m])
#else
#define HELD(m) mmap_w[m]
#endif
#ifdef POLICY
/* The policy of this model: no page is ever written and ever executed, by anybody. */
#define EVER(s, x) ((pte[AT(0, s)] && (pte_rights[AT(0, s)] & x)) || \
		    (pte[AT(1, s)] && (pte_rights[AT(1, s)] & x)))
#define POLICY_OK (!(EVER(0, W) && EVER(0, X)) && !(EVER(1, W) && EVER(1, X)) && \
		   (history[0] & (W | X)) != (W | X) && (history[1] & (W | X)) != (W | X))
#else
#define POLICY_OK true
#endif
#define INVARIANT (ENTRY_OK(0, 0) && ENTRY_OK(0, 1) && ENTRY_OK(1, 0) && ENTRY_OK(1, 1) && \
		   WINDOWS_OK && POLICY_OK)

proctype monitor()
{
end:	do
	:: atomic { !(INVARIANT) -> assert(INVARIANT) }
	od
}

/* --- locks --- */

#define LOCK_READ(m) (!mmap_w[m]) -> mmap_r[m]++
#define UNLOCK_READ(m) mmap_r[m]--
#define LOCK_WRITE(m) (!mmap_w[m] && !mmap_r[m]) -> mmap_w[m] = 1
#define UNLOCK_WRITE(m) mmap_w[m] = 0
#define LOCK_ENCL (!encl_lock && !encl_r) -> assert(!freed); encl_lock = 1
#define UNLOCK_ENCL encl_lock = 0
#define LOCK_ENCL_READ (!encl_lock) -> assert(!freed); encl_r++
#define UNLOCK_ENCL_READ encl_r--
#define DOWNGRADE_ENCL encl_lock = 0; encl_r++

inline pick_slot() { if :: s = 0 :: s = 1 fi }
inline pick_rights() { if :: x = 0 :: x = R | W :: x = R | X fi }

/* --- pages and the enclave --- */

/* epc_alloc() */
inline alloc_page(p)
{
	if
	:: !live[0] -> p = 0
	:: live[0] && !live[1] -> p = 1
	:: live[0] && live[1] && !live[2] -> p = 2
	:: else -> assert(!live[3]); p = 3
	fi;
	live[p] = 1
}

#define MAPS(i, p) (pte[i] && pte_page[i] == (p))

/* epc_free(): the page may be anybody's now */
inline free_page(p)
{
	assert(!MAPS(0, p) && !MAPS(1, p) && !MAPS(2, p) && !MAPS(3, p));
	live[p] = 0
}

/* fput(), and encl_free() by the last one */
inline put_file()
{
	refs--;
	if
	:: refs == 0 ->
		assert(!encl_lock && !encl_r && !busy && !immap_r && !immap_w);
		if :: present[0] -> free_page(page[0]); present[0] = 0 :: else fi;
		if :: present[1] -> free_page(page[1]); present[1] = 0 :: else fi;
		freed = 1
	:: else
	fi
}

inline drop_entry(i)
{
	pte[i] = 0; pte_rights[i] = 0; pte_page[i] = 0
}

/*
 * enforce_zap(): unmap_mapping_range() over the anchor's i_mmap, which is held for reading;
 * mappings that are not linked are not found. That of a parent comes before that of its
 * child, for fork inserts it behind (vma_interval_tree_insert_after()).
 */
#ifdef BREAK_FORK_ORDER
#define FIRST 1
#define SECOND 0
#else
#define FIRST 0
#define SECOND 1
#endif
inline zap_entry(m, s)
{
	if :: linked[AT(m, s)] -> drop_entry(AT(m, s)) :: else fi
}

#define ZAP_BEGIN(s) (!immap_w) -> immap_r++; zap_entry(FIRST, s)
#define ZAP_END(s) zap_entry(SECOND, s); immap_r--

/* --- the decision, core/bound.c and core/epcm.c --- */

#ifdef POLICY
#define ASKED(h) ((h) & (W | X))
#define DENIED(h) (ASKED(h) == (W | X))
#endif

/* avow_epcm_eaug(), epc_augment(); a page that was not there has no entries */
inline augment(s)
{
	alloc_page(page[s]);
	if :: !used[s] -> intent[s] = R | W | X :: else fi;
	used[s] = 1; present[s] = 1; transit[s] = 1; trim[s] = 0;
	epcm[s] = R | W
#ifdef POLICY
	; history[s] = 0
#endif
}

#ifdef STRICT
#define AUGMENTABLE(s) (initialized && used[s])
#else
#define AUGMENTABLE(s) initialized
#endif

/* --- faults --- */

/*
 * avow_bound_along(), of the other slot where both are of one mapping: as an access of its
 * own would find it, with nothing to add to its history.
 */
#ifdef BREAK_ALONG_WIDER
#define WHOLE(m, n) present[n]
#else
#define WHOLE(m, n) (present[n] && WITHIN(rights[AT(m, n)], BOUND(n)))
#endif
#if defined(POLICY) && !defined(BREAK_ALONG_UNASKED)
#define TOLD(m, n) WITHIN(ASKED(rights[AT(m, n)]), history[n])
#else
#define TOLD(m, n) true
#endif
#define ALONG(m, s, n) (mapped[AT(m, n)] && rights[AT(m, n)] && rights[AT(m, n)] == rights[AT(m, s)] && \
			!pte[AT(m, n)] && WHOLE(m, n) && TOLD(m, n))

/* What ask_of() and avow_bound_pte() look at. */
#define LOOK(s) word = BOUND(s); seen = (used[s] -> intent[s] : (R | W | X)); there = present[s]; at = page[s]
/* avow_bound_access() says: map it; else SIGBUS or #PF */
#define MAY(m, s, access) (there && WITHIN(rights[AT(m, s)], seen) && \
			   WITHIN(access, word & rights[AT(m, s)]))
#if defined(POLICY) && !defined(BREAK_UNASKED_READER)
#define COUNTED(m, s) WITHIN(ASKED(rights[AT(m, s)]), history[s])
#else
#define COUNTED(m, s) true
#endif

/*
 * enclave_fault(), for a fault of the kernel's: with mmap_lock for reading, in which the
 * kernel found the mapping, and which it gives back afterwards.
 */
inline enclave_fault(m, s, access)
{
#ifdef BREAK_WORD_BEFORE_LOCK
	atomic { LOOK(s) }
#endif
	atomic {
		LOCK_ENCL_READ;
#ifndef BREAK_WORD_BEFORE_LOCK
		LOOK(s);
#endif
		/* only_entry() */
		give = MAY(m, s, access) && COUNTED(m, s);
		if :: !give -> UNLOCK_ENCL_READ :: else fi
	}
	if
	:: !give ->	/* prepare() */
		atomic {
			LOCK_ENCL;
			if
			:: !present[s] && (!used[s] || WITHIN(rights[AT(m, s)], intent[s])) && AUGMENTABLE(s) -> augment(s)
			:: else
			fi;
			LOOK(s);
			give = MAY(m, s, access);
#ifdef POLICY
			/* ask_history(), stash_mark() */
#ifndef BREAK_NO_QUESTION_AT_FAULT
			if :: give && DENIED(history[s] | rights[AT(m, s)]) -> give = 0 :: else fi;
#endif
			if :: give -> history[s] = history[s] | ASKED(rights[AT(m, s)]) :: else fi;
#endif
#ifdef BREAK_NO_DOWNGRADE
			UNLOCK_ENCL
		}
		atomic { LOCK_ENCL_READ }
#else
			DOWNGRADE_ENCL
		}
#endif
	:: else
	fi;
#ifdef BREAK_INSTALL_UNLOCKED
	atomic { UNLOCK_ENCL_READ }
#endif
	if
	:: give && access == W -> atomic { drop_entry(AT(m, s)) }	/* map_page(): zap_vma_ptes() */
	:: else
	fi;
	atomic {
		/* entries_make(): what is there stays */
		if
		:: give && !pte[AT(m, s)] ->
			pte[AT(m, s)] = 1; pte_page[AT(m, s)] = at;
#ifdef BREAK_ENTRY_OF_MAPPING
			pte_rights[AT(m, s)] = rights[AT(m, s)]
#else
			pte_rights[AT(m, s)] = word & rights[AT(m, s)]
#endif
		:: else
		fi;
		if
		:: give && ALONG(m, s, 1 - s) ->
			pte[AT(m, 1 - s)] = 1; pte_page[AT(m, 1 - s)] = page[1 - s];
			pte_rights[AT(m, 1 - s)] = rights[AT(m, 1 - s)]
		:: else
		fi;
#ifndef BREAK_INSTALL_UNLOCKED
		UNLOCK_ENCL_READ;
#endif
		give = 0; word = 0; seen = 0; there = 0; at = 0;
		UNLOCK_READ(m)
	}
}

#define FAULTS(m, s, access) (mapped[AT(m, s)] && WITHIN(access, rights[AT(m, s)]) && \
	(!pte[AT(m, s)] || (access == W && !(pte_rights[AT(m, s)] & W))))

/*
 * An access of a program: do_user_addr_fault(), handle_pte_fault(), do_wp_page(). What is
 * no fault, or one of which the kernel makes a signal, changes nothing.
 */
inline touch(m)
{
	atomic {
		LOCK_READ(m);
		pick_slot();
		if :: x = R :: x = W :: x = X fi;
		ok = FAULTS(m, s, x);
#ifdef BREAK_NO_PFN_MKWRITE
		/* wp_pfn_shared() makes the entry writable by itself: wp_page_reuse() */
		if
		:: ok && pte[AT(m, s)] -> pte_rights[AT(m, s)] = pte_rights[AT(m, s)] | W; ok = 0
		:: else
		fi;
#endif
		if :: !ok -> UNLOCK_READ(m) :: else fi
	}
	if
	:: ok -> ok = 0; enclave_fault(m, s, x)	/* .fault, .pfn_mkwrite */
	:: else
	fi
}

/* --- mappings --- */

/*
 * check_mapping(): check_span() under one hold. ok tells.
 */
inline check_mapping(s, want)
{
	atomic {
		LOCK_ENCL;
#ifdef STRICT
		ok = want == 0 || (used[s] && WITHIN(want, intent[s]));
#else
		ok = !used[s] || WITHIN(want, intent[s]);
#endif
#ifdef POLICY
		if :: DENIED(history[s] | want) -> ok = 0 :: else fi;
#ifdef BREAK_RECORD_IN_ANOTHER_HOLD
		UNLOCK_ENCL;
	}
	atomic {
		LOCK_ENCL;
#endif
		if :: ok && present[s] -> history[s] = history[s] | ASKED(want) :: else fi;
#endif
		UNLOCK_ENCL
	}
}

/* __mmap_region(), with enforce_mmap() from call_mmap(); the descriptor is held meanwhile */
inline do_mmap(m)
{
	atomic {
		LOCK_WRITE(m);
		pick_slot(); pick_rights();
		ok = !closed && !mapped[AT(m, s)];
		if :: ok -> refs++ :: else -> UNLOCK_WRITE(m) fi
	}
	if
	:: ok ->
		check_mapping(s, x);
		atomic {
			if
			:: ok ->	/* vma_link(): the tree, and the anchor's i_mmap */
				(!immap_w && !immap_r) ->
				linked[AT(m, s)] = 1; mapped[AT(m, s)] = 1; rights[AT(m, s)] = x
			:: else -> put_file()
			fi;
			ok = 0;
			UNLOCK_WRITE(m)
		}
	:: else
	fi
}

#ifdef BREAK_MPROTECT_SHARED
#define LOCK_MPROTECT(m) LOCK_READ(m)	/* faults go on meanwhile */
#define UNLOCK_MPROTECT(m) UNLOCK_READ(m)
#else
#define LOCK_MPROTECT(m) LOCK_WRITE(m)
#define UNLOCK_MPROTECT(m) UNLOCK_WRITE(m)
#endif

/* do_mprotect_pkey(), with enclave_mprotect() from vm_ops->mprotect */
inline do_mprotect(m)
{
	atomic {
		LOCK_MPROTECT(m);
		pick_slot(); pick_rights();
		ok = mapped[AT(m, s)];
		if :: !ok -> UNLOCK_MPROTECT(m) :: else fi
	}
	if
	:: ok ->
		check_mapping(s, x);
		if
		:: ok ->
			atomic {		/* check_span(), which is no later than this */
				LOCK_ENCL; ok = !present[s] || WITHIN(x, GRANTED(s)); UNLOCK_ENCL
			}
#ifndef BREAK_MPROTECT_NO_ZAP
			if
			:: !ok -> atomic { drop_entry(AT(m, s)) }	/* zap_vma_ptes() */
			:: else
			fi;
#endif
			/* mprotect_fixup(): vm_flags, and change_protection(), which knows no more */
			atomic { rights[AT(m, s)] = x; mapping_open[m] = 1 }
			atomic {
				if :: pte[AT(m, s)] -> pte_rights[AT(m, s)] = x :: else fi;
				mapping_open[m] = 0; ok = 0; UNLOCK_MPROTECT(m)
			}
		:: else -> atomic { UNLOCK_MPROTECT(m) }
		fi
	:: else
	fi
}

/* do_mas_align_munmap(): out of the tree; entries; out of i_mmap (unlink_file_vma()), fput() */
inline unmap(m, s)
{
	atomic { drop_entry(AT(m, s)); rights[AT(m, s)] = 0; mapping_open[m] = 0 }
	atomic { (!immap_w && !immap_r) -> linked[AT(m, s)] = 0; put_file() }
}

inline do_munmap(m)
{
	atomic {
		LOCK_WRITE(m);
		pick_slot();
		ok = mapped[AT(m, s)];
		if
		:: ok -> mapped[AT(m, s)] = 0; mapping_open[m] = 1
		:: else -> UNLOCK_WRITE(m)
		fi
	}
	if
	:: ok ->
		unmap(m, s);
		atomic { ok = 0; UNLOCK_WRITE(m) }
	:: else
	fi
}

/* dup_mmap(), for one mapping: i_mmap first, then copy_page_range(). */
inline copy_mapping(s)
{
	if
	:: mapped[AT(0, s)] ->
		atomic {
#ifndef BREAK_FORK_LINKS_LATE
			(!immap_w && !immap_r) -> linked[AT(1, s)] = 1;
#endif
			mapped[AT(1, s)] = 1; rights[AT(1, s)] = rights[AT(0, s)]; refs++
		}
		atomic {	/* both page-table locks are held: copy_pte_range() */
			pte[AT(1, s)] = pte[AT(0, s)]; pte_rights[AT(1, s)] = pte_rights[AT(0, s)];
			pte_page[AT(1, s)] = pte_page[AT(0, s)]
		}
#ifdef BREAK_FORK_LINKS_LATE
		atomic { (!immap_w && !immap_r) -> linked[AT(1, s)] = 1 }
#endif
	:: else
	fi
}

inline do_fork()
{
	atomic {
		(!forked && !mmap_w[0] && !mmap_r[0]) ->
		forked = 1; mmap_w[0] = 1; mmap_w[1] = 1
	}
	copy_mapping(0);
	copy_mapping(1);
	atomic { mmap_w[1] = 0; UNLOCK_WRITE(0) }
}

/* --- what changes words --- */

/*
 * Takes encl->lock, changes the word of a slot by the statement, drops its entries, and ends
 * by the last statement: change_slot() of sgx2.c, apply() of enclu.c.
 */
#ifdef BREAK_NO_ZAP
#define DROP_BEGIN(s) skip
#define DROP_END(s) skip
#else
#define DROP_BEGIN(s) ZAP_BEGIN(s)
#define DROP_END(s) ZAP_END(s)
#endif
#ifdef BREAK_ZAP_BEFORE_CHANGE
#define CHANGE(s, may, set, done) \
	atomic { ZAP_BEGIN(s) } \
	atomic { ZAP_END(s) } \
	atomic { LOCK_ENCL; if :: may -> set; done :: else fi; UNLOCK_ENCL }
#else
#define CHANGE(s, may, set, done) \
	atomic { \
		LOCK_ENCL; ok = may; \
		if :: ok -> set; word_open[s] = 1 :: else -> UNLOCK_ENCL fi \
	} \
	if \
	:: ok -> \
		atomic { DROP_BEGIN(s) } \
		atomic { DROP_END(s); done; word_open[s] = 0; ok = 0; UNLOCK_ENCL } \
	:: else \
	fi
#endif

/* ioc_restrict(): EMODPR */
#define RESTRICT(s, x) CHANGE(s, present[s] && !transit[s] && !trim[s], \
	epcm[s] = epcm[s] & (x), skip)
/* ioc_modify_types(): to TRIM */
#define TRIM(s) CHANGE(s, present[s] && !transit[s] && !trim[s], \
	trim[s] = 1; transit[s] = 1; epcm[s] = 0, skip)
/* EACCEPT and EMODPE; no more than the EPCM moves */
#define ACCEPT(s) CHANGE(s, present[s] && transit[s], transit[s] = 0, skip)
#define EXTEND(s, x) CHANGE(s, present[s] && !transit[s] && !trim[s], \
	epcm[s] = epcm[s] | (x), skip)

/* ioc_remove_pages(): decide_remove(), and drop_page() when the entries are gone */
#ifdef STRICT
#define FORGET(s) present[s] = 0; trim[s] = 0; epcm[s] = 0
#else
#define FORGET(s) present[s] = 0; trim[s] = 0; epcm[s] = 0; used[s] = 0; intent[s] = 0
#endif
#ifdef BREAK_FREE_BEFORE_ZAP
#define TRIMMED(s) (present[s] && !transit[s])		/* a REG page, too: its entries are there */
#define REMOVE(s) CHANGE(s, TRIMMED(s), FORGET(s); free_page(page[s]); page[s] = 0, skip)
#else
#define TRIMMED(s) (present[s] && !transit[s] && trim[s])
#define REMOVE(s) CHANGE(s, TRIMMED(s), FORGET(s), free_page(page[s]); page[s] = 0)
#endif

/* lower(), from a slot to the last: their words one after the other, then the entries of all */
inline lower(s, x)
{
	atomic {
		LOCK_ENCL;
		/* check() */
		ok = (s == 1 || (used[0] && WITHIN(x, intent[0]))) && used[1] && WITHIN(x, intent[1]);
		if
		:: ok ->
			if :: s == 0 -> intent[0] = x; word_open[0] = 1 :: else fi;
			intent[1] = x; word_open[1] = 1
		:: else -> UNLOCK_ENCL
		fi
	}
	if
	:: ok ->
#ifndef BREAK_LOWER_NO_ZAP
		if
		:: s == 0 ->
			atomic { (!immap_w) -> immap_r++; zap_entry(FIRST, 0) }
			atomic { zap_entry(SECOND, 0) }
			atomic { zap_entry(FIRST, 1) }
			atomic { immap_r--; zap_entry(SECOND, 1) }
		:: else ->
			atomic { ZAP_BEGIN(1) }
			atomic { ZAP_END(1) }
		fi;
#endif
		atomic { word_open[0] = 0; word_open[1] = 0; ok = 0; UNLOCK_ENCL }
	:: else
	fi
}

/* add_page(): may_add(), load() under the caller's mmap_lock, commit() */
inline add_page(m, s, i, e)
{
#ifdef BREAK_ADD_AFTER_INIT
	atomic { LOCK_ENCL; ok = !used[s]; UNLOCK_ENCL }
#else
	atomic { LOCK_ENCL; ok = !used[s] && !initialized; UNLOCK_ENCL }	/* R22.1 */
#endif
	if
	:: ok ->
#ifdef BREAK_SOURCE_UNDER_LOCK
		atomic { LOCK_ENCL }
		atomic { LOCK_READ(m) }
		atomic { UNLOCK_READ(m); UNLOCK_ENCL }
#else
		atomic { LOCK_READ(m) }		/* source_load(): look up, copy, ask */
		atomic { UNLOCK_READ(m) }
#endif
		atomic {
			LOCK_ENCL;
			assert(!used[s]);	/* nobody else has put one there: ENCL_BUSY, INIT */
			alloc_page(page[s]);
			used[s] = 1; present[s] = 1; transit[s] = 0; trim[s] = 0;
			intent[s] = i; epcm[s] = e;
#ifdef POLICY
			history[s] = 0;
#endif
			ok = 0;
			UNLOCK_ENCL
		}
	:: else
	fi
}

/* mapped(), enclave_at(): a mapping with any rights, of this process */
inline look_up()
{
	atomic { LOCK_READ(0); pick_slot(); got = mapped[AT(0, s)] && rights[AT(0, s)]; UNLOCK_READ(0) }
}

/* encl_ioctl(): test_and_set_bit_lock(ENCL_BUSY); who comes second has EBUSY */
#define IOCTL(body) \
	atomic { got = !busy && !closed; busy = busy | got } \
	if \
	:: got -> body; atomic { got = 0; busy = 0 } \
	:: else \
	fi

/* --- tasks --- */

#define LOCALS byte n, s, x, word, seen, at; bit ok, got, give, there

/* The last thread of an address space ends: exit_mmap(). */
inline leave(m)
{
#ifdef CLOSE
	atomic { users[m]--; ok = !users[m]; if :: ok -> LOCK_WRITE(m); mapping_open[m] = 1 :: else fi }
	if
	:: ok ->
		if :: mapped[AT(m, 0)] -> mapped[AT(m, 0)] = 0; unmap(m, 0) :: else fi;
		mapping_open[m] = 1;
		if :: mapped[AT(m, 1)] -> mapped[AT(m, 1)] = 0; unmap(m, 1) :: else fi;
		atomic { ok = 0; mapping_open[m] = 0; UNLOCK_WRITE(m) }
	:: else
	fi
#else
	skip
#endif
}

/* Maps, protects and unmaps in the first address space, forks, and touches what it mapped. */
proctype mapper()
{
	LOCALS;

	do
	:: n < OPS_MAPPER ->
		n++;
		if
		:: do_mmap(0)
		:: do_mprotect(0)
		:: do_munmap(0)
		:: touch(0)
		:: do_fork()
		fi;
		atomic { s = 0; x = 0 }
	:: break
	od;
	leave(0)
}

/* In the second address space: the child's, or a process' that was given the descriptor. */
proctype other()
{
	LOCALS;

	if
	:: forked -> skip
	:: atomic { !forked -> forked = 1 }
	fi;
	do
	:: n < OPS_OTHER ->
		n++;
		if
		:: do_mmap(1)
		:: do_mprotect(1)
		:: do_munmap(1)
		:: touch(1)
		fi;
		atomic { s = 0; x = 0 }
	:: break
	od;
	leave(1)
}

/*
 * A second thread of the first address space, inside the enclave: it has a reference on the
 * file (enter_mapped()), touches pages, and executes EACCEPT, EMODPE and at last EEXIT.
 */
proctype inside()
{
	LOCALS;

#ifdef BREAK_INSIDE_HOLDS_NOTHING
	atomic { put_file() }
#endif
	do
	:: n < OPS_INSIDE ->
		n++;
		if
		:: touch(0)
#if PHASE
		/* run_page_leaf(): mapped(), which gives mmap_lock back, then apply() */
		:: look_up(); if :: got -> got = 0; ACCEPT(s) :: else fi
		:: look_up(); if :: got -> got = 0; EXTEND(s, W) :: else fi
		:: look_up(); if :: got -> got = 0; EXTEND(s, X) :: else fi
#endif
		fi;
		atomic { s = 0; x = 0 }
	:: break
	od;
#ifdef CLOSE
	leave(0);
	atomic {
		assert(!freed);		/* enclave_exit(): the thread's record is the enclave's */
#ifndef BREAK_INSIDE_HOLDS_NOTHING
		put_file()
#endif
	}
#endif
}

/* Whoever has the descriptor: ioctls, and at last close(). */
proctype host()
{
	LOCALS;

	do
	:: n < OPS_HOST ->
		atomic { n++; pick_slot() }
		if
		:: IOCTL(lower(s, R))
		:: IOCTL(lower(s, R | X))
#if PHASE
		:: IOCTL(RESTRICT(s, R))
		:: IOCTL(TRIM(s))
		:: IOCTL(REMOVE(s))
#else
		:: IOCTL(add_page(0, s, R | W, R | W))
		:: IOCTL(add_page(0, s, R | W | X, R | X))
		:: IOCTL(initialized = 1)		/* init.c: commit() */
#endif
		fi;
		s = 0
	:: break
	od;
#ifdef CLOSE
	atomic { closed = 1; put_file() }
#endif
}

/*
 * What there is at first. Before INIT no page, and a mapping that is wider than what may
 * come; after it, a page of slot 0 that may become code, and in slot 1 a page of data or a
 * hole.
 */
/* NEIGHBOUR: both slots are mapped, as one mapping, from before their pages were added. */
#if defined(NEIGHBOUR) && defined(POLICY)
#define START_RIGHTS (R | W)
#else
#define START_RIGHTS (R | W | X)
#endif

init
{
	atomic {
		refs = 2;		/* the descriptor, and the thread inside */
		users[0] = 2; users[1] = 1;
#if PHASE
		initialized = 1;
		used[0] = 1; present[0] = 1; page[0] = 0; live[0] = 1;
		intent[0] = R | W | X; epcm[0] = R | W;
		if
		:: used[1] = 1; present[1] = 1; page[1] = 1; live[1] = 1;
			intent[1] = R | W | X; epcm[1] = R | W
		:: skip
		fi;
#endif
		mapped[0] = 1; linked[0] = 1; rights[0] = START_RIGHTS; refs++;
#ifdef NEIGHBOUR
		mapped[1] = 1; linked[1] = 1; rights[1] = START_RIGHTS; refs++;
#endif
		run monitor(); run mapper(); run other(); run inside(); run host()
	}
}
