/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What SIGINT and SIGTERM do, each case in a process of its own. */
#include "cli/stop.h"

#include <check.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What a program does after the signal. */
enum conduct {
	OBEYS,	/* comes to its end at once, and needs a second for its report */
	HANGS,	/* a call does not return */
	WAITED, /* the same, and nobody ends it */
};

static void be_program(enum conduct conduct, int out)
{
	const volatile sig_atomic_t *stop;

	ck_assert_int_ge(dup2(out, STDERR_FILENO), 0);
	stop = cli_catch_stop(conduct == WAITED ? 0 : 32, "stopped late\n");
	ck_assert_int_eq(write(out, "!", 1), 1);
	while (!*stop)
		usleep(1000);
	if (conduct == OBEYS) {
		cli_stop_reached();
		for (int i = 0; i < 100; i++)
			usleep(10000);
		_exit(5);
	}
	for (int i = 0; i < 150; i++)
		usleep(10000);
	_exit(6);
}

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static const struct {
	enum conduct conduct;
	int signal;
	int status; /* negative: the signal that ended it */
	bool twice;
	const char *words;
	double most_seconds;
} cases[] = {
	{OBEYS, SIGINT, 5, false, "!", 10},
	{HANGS, SIGINT, 32, false, "!stopped late\n", 1},
	{HANGS, SIGTERM, 32, false, "!stopped late\n", 1},
	{WAITED, SIGINT, 6, false, "!", 10},
	{WAITED, SIGINT, -SIGINT, true, "!", 1},
};

START_TEST(test_stop)
{
	char text[100] = "";
	int ends[2], status = 0;
	double began;
	size_t len = 1;
	ssize_t got;
	pid_t pid;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		be_program(cases[_i].conduct, ends[1]);
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], text, 1), 1);
	began = now();
	ck_assert_int_eq(kill(pid, cases[_i].signal), 0);
	if (cases[_i].twice) {
		usleep(50000);
		ck_assert_int_eq(kill(pid, cases[_i].signal), 0);
	}
	while ((got = read(ends[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(now() - began < cases[_i].most_seconds, "%.3f s", now() - began);
	ck_assert_int_eq(WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), cases[_i].status);
	ck_assert_str_eq(text, cases[_i].words);
	close(ends[0]);
}
END_TEST

Suite *stop_suite(void);

Suite *stop_suite(void)
{
	Suite *suite = suite_create("stop");
	TCase *tcase = tcase_create("stop");

	tcase_add_loop_test(tcase, test_stop, 0, sizeof(cases) / sizeof(cases[0]));
	suite_add_tcase(suite, tcase);
	return suite;
}
