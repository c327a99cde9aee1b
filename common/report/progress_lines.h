/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The protocol in which a checker tells fsck(8) how far it is: lines "PASS CURRENT MAXIMUM DEVICE" on a descriptor.
 *
 * Who reads them (fsck(8), systemd-fsckd) knows five passes, and counts the first as 70 of 100 parts of the time, the
 * others as 20, 2, 3 and 5, as those of e2fsck take. Progress of the whole is told so that their sum comes out right.
 */
#ifndef REPORT_PROGRESS_LINES_H
#define REPORT_PROGRESS_LINES_H

#include <signal.h>

#include "base/progress.h"

struct progress_lines {
	int fd;
	const char *device;
	const volatile sig_atomic_t *stop; /* set by a signal handler; NULL: never */
	unsigned told_permille;		   /* of the last line, plus 1: private */
};

/* Takes progress of the whole; what has no total, and a second round over the same, is not told. Borrows @lines. */
struct progress progress_lines_hook(struct progress_lines *lines);

#endif
