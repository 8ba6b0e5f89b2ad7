/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the members of struct avow_call are, for assembly; enter.c asserts it. */
#ifndef AVOW_CALL_OFFSETS_H
#define AVOW_CALL_OFFSETS_H

#define CALL_RDI	0
#define CALL_RSI	8
#define CALL_RDX	16
#define CALL_R8		24
#define CALL_R9		32
#define CALL_FUNCTION	40
#define CALL_RUN	48

#endif
