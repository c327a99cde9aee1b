/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handlers of the signals that stop a program. */
#include "cli/stop.h"

#include <errno.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_MICROSECONDS 700000

static volatile sig_atomic_t stop_signal;
static volatile sig_atomic_t late_status; /* 0: wait as long as it takes */
static const char *late_words;

static void on_stop(int number)
{
	const struct itimerval patience = {.it_value = {.tv_usec = PATIENCE_MICROSECONDS}};
	int saved = errno;

	stop_signal = number;
	if (late_status != 0)
		(void)setitimer(ITIMER_REAL, &patience, NULL);
	errno = saved;
}

static void on_late(int number)
{
	(void)number;
	if (late_status == 0)
		return;
	(void)!write(STDERR_FILENO, late_words, strlen(late_words));
	_exit(late_status);
}

const volatile sig_atomic_t *cli_catch_stop(int exit_status, const char *words)
{
	struct sigaction stop = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND};
	struct sigaction late = {.sa_handler = on_late};

	sigemptyset(&stop.sa_mask);
	sigemptyset(&late.sa_mask);
	late_words = words;
	late_status = exit_status;
	if (exit_status != 0)
		sigaction(SIGALRM, &late, NULL);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	return &stop_signal;
}

void cli_stop_reached(void)
{
	const struct itimerval none = {0};

	late_status = 0;
	(void)setitimer(ITIMER_REAL, &none, NULL);
}
