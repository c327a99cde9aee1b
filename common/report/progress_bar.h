/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A bar on a terminal for passes that take long, and the way in which a signal stops them.
 */
#ifndef REPORT_PROGRESS_BAR_H
#define REPORT_PROGRESS_BAR_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/progress.h"

#define PROGRESS_BAR_LEFT 48u

struct progress_bar {
	FILE *out;			   /* a terminal; NULL: nothing is shown */
	unsigned columns;		   /* of the terminal */
	const volatile sig_atomic_t *stop; /* set by a signal handler; NULL: never */
	uint64_t (*seconds)(void);	   /* a clock that only goes forward; NULL: no estimate of the time left */
	const char *pass;		   /* what is shown now: private */
	unsigned shown_permille;
	char shown_left[PROGRESS_BAR_LEFT];
	bool shown;
	uint64_t began, began_done, last_done; /* what the estimate is made from: private */
};

/* The hook for the library. Borrows @bar. */
struct progress progress_bar_hook(struct progress_bar *bar);

/* Takes the bar away, before something else is printed. */
void progress_bar_clear(struct progress_bar *bar);

#endif
