/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SIGINT and SIGTERM: the first one asks the passes to stop, a second one ends the program at once.
 *
 * Signals belong to the process, so this is state of the process too.
 */
#ifndef CLI_STOP_H
#define CLI_STOP_H

#include <signal.h>

/*
 * Number of the signal that asked to stop, or 0. @exit_status, if not 0: a program that only reads can be ended
 * anywhere; if cli_stop_reached was not called within 0.7 s after the signal, it writes @words (static) to standard
 * error and exits with this status.
 */
const volatile sig_atomic_t *cli_catch_stop(int exit_status, const char *words);

/* The passes have come to an end: what is printed now is not cut short. */
void cli_stop_reached(void);

#endif
