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

struct progress_bar {
	FILE *out;			   /* a terminal; NULL: nothing is shown */
	unsigned columns;		   /* of the terminal */
	const volatile sig_atomic_t *stop; /* set by a signal handler; NULL: never */
	const char *pass;		   /* what is shown now: private */
	unsigned shown_permille;
	bool shown;
};

/* The hook for the library. Borrows @bar. */
struct progress progress_bar_hook(struct progress_bar *bar);

/* Takes the bar away, before something else is printed. */
void progress_bar_clear(struct progress_bar *bar);

#endif
