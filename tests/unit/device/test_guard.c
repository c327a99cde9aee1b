/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fence: what faults inside comes back as false; what faults elsewhere kills or goes to whoever was there before.
 *
 * Memory that faults is a mapping of an empty file.
 */
#include "device/guard.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *guard_suite(void);

#define PAGE ((size_t)sysconf(_SC_PAGESIZE))

/* Three pages: good, bad, good. */
static struct span make_fence(void)
{
	uint8_t *at = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int empty = memfd_create("empty", 0);

	ck_assert_ptr_ne(at, MAP_FAILED);
	memset(at, 0x11, PAGE);
	memset(at + 2 * PAGE, 0x33, PAGE);
	ck_assert_int_ge(empty, 0);
	ck_assert_ptr_eq(mmap(at + PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, empty, 0), at + PAGE);
	ck_assert_int_eq(close(empty), 0);
	return (struct span){at, 3 * PAGE};
}

static void free_fence(struct span fence)
{
	ck_assert_int_eq(munmap((void *)(uintptr_t)fence.bytes, fence.len), 0);
}

START_TEST(copies_what_is_there_and_fails_for_the_rest)
{
	struct span fence = make_fence();
	uint8_t *to = malloc(3 * PAGE);
	struct error err;

	ck_assert_ptr_nonnull(to);
	ck_assert_int_eq(guard_hold(&err), 0);
	for (int i = 0; i < 100; i++) { /* also after a fault */
		ck_assert(guard_copy(fence, 0, to, PAGE));
		ck_assert_uint_eq(to[PAGE - 1], 0x11);
		ck_assert(!guard_copy(fence, 0, to, PAGE + 1));
		ck_assert(!guard_copy(fence, PAGE, to, 1));
		ck_assert(!guard_copy(fence, 2 * PAGE - 1, to, 2));
		ck_assert(!guard_copy(fence, 0, to, 3 * PAGE));
		ck_assert(guard_copy(fence, 2 * PAGE, to, PAGE));
		ck_assert_uint_eq(to[0], 0x33);
	}
	guard_drop();
	free(to);
	free_fence(fence);
}
END_TEST

static void *fault_often(void *arg)
{
	struct span fence = make_fence();
	uint8_t *to = malloc(3 * PAGE);
	size_t wrong = 0;

	(void)arg;
	for (int i = 0; to && i < 2000; i++) {
		wrong += !guard_copy(fence, 2 * PAGE, to, PAGE);
		wrong += guard_copy(fence, (size_t)i % PAGE, to, PAGE + 1);
	}
	wrong += !to;
	free(to);
	free_fence(fence);
	return (void *)wrong;
}

START_TEST(threads_fault_at_once)
{
	pthread_t threads[4];
	struct error err;
	void *wrong;

	ck_assert_int_eq(guard_hold(&err), 0);
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, fault_often, NULL), 0);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
		ck_assert_ptr_null(wrong);
	}
	guard_drop();
}
END_TEST

static volatile sig_atomic_t seen;

static void see(int sig)
{
	(void)sig;
	seen++;
}

static void see_and_leave(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	_exit(info->si_addr ? 42 : 43);
}

START_TEST(handler_is_put_back_by_the_last_drop)
{
	struct sigaction before = {.sa_handler = see}, now;
	struct error err;

	ck_assert_int_eq(sigaction(SIGBUS, &before, NULL), 0);
	ck_assert_int_eq(guard_hold(&err), 0);
	ck_assert_int_eq(guard_hold(&err), 0);
	guard_drop();
	ck_assert_int_eq(sigaction(SIGBUS, NULL, &now), 0);
	ck_assert(now.sa_handler != see);
	guard_drop();
	ck_assert_int_eq(sigaction(SIGBUS, NULL, &now), 0);
	ck_assert(now.sa_handler == see);
	/* And again from the start. */
	ck_assert_int_eq(guard_hold(&err), 0);
	guard_drop();
	ck_assert_int_eq(sigaction(SIGBUS, NULL, &now), 0);
	ck_assert(now.sa_handler == see);
}
END_TEST

START_TEST(later_handler_stays)
{
	struct sigaction later = {.sa_handler = see}, now;
	struct error err;

	ck_assert_int_eq(guard_hold(&err), 0);
	ck_assert_int_eq(sigaction(SIGBUS, &later, NULL), 0);
	guard_drop();
	ck_assert_int_eq(sigaction(SIGBUS, NULL, &now), 0);
	ck_assert(now.sa_handler == see);
}
END_TEST

START_TEST(sent_signals_go_to_the_handler_before)
{
	struct sigaction before = {.sa_handler = see};
	struct error err;

	ck_assert_int_eq(sigaction(SIGBUS, &before, NULL), 0);
	ck_assert_int_eq(guard_hold(&err), 0);
	seen = 0;
	ck_assert_int_eq(raise(SIGBUS), 0);
	ck_assert_int_eq(seen, 1);
	guard_drop();
}
END_TEST

/* What becomes of a child with @before as its handler that holds the guard and then does @act. */
static int fate(const struct sigaction *before, void (*act)(struct span fence))
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct span fence = make_fence();
		struct error err;

		if (sigaction(SIGBUS, before, NULL) != 0 || guard_hold(&err) != 0)
			_exit(99);
		act(fence);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void touch_unguarded(struct span fence)
{
	(void)*(const volatile uint8_t *)(fence.bytes + PAGE);
}

/* The destination faults, not the fence. */
static void copy_to_bad_memory(struct span fence)
{
	struct span other = make_fence();
	uint8_t *target = mmap((void *)(uintptr_t)(other.bytes + PAGE), PAGE, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_FIXED, memfd_create("empty", 0), 0);

	if (target == MAP_FAILED)
		_exit(98);
	if (guard_copy(fence, 0, target, 8))
		_exit(97);
	_exit(96);
}

static void send_it(struct span fence)
{
	(void)fence;
	(void)raise(SIGBUS);
}

START_TEST(foreign_faults_kill)
{
	static const struct sigaction by_default = {.sa_handler = SIG_DFL}, ignored = {.sa_handler = SIG_IGN};
	int status = fate(&by_default, touch_unguarded);

	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	status = fate(&by_default, copy_to_bad_memory);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	status = fate(&by_default, send_it);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	status = fate(&ignored, touch_unguarded); /* the kernel does not let a fault be ignored */
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	status = fate(&ignored, send_it);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(foreign_faults_reach_the_handler_before)
{
	static const struct sigaction before = {.sa_sigaction = see_and_leave, .sa_flags = SA_SIGINFO};
	int status = fate(&before, touch_unguarded);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 42);
}
END_TEST

Suite *guard_suite(void)
{
	Suite *suite = suite_create("guard");
	TCase *tc = tcase_create("guard");

	tcase_add_test(tc, copies_what_is_there_and_fails_for_the_rest);
	tcase_add_test(tc, threads_fault_at_once);
	tcase_add_test(tc, handler_is_put_back_by_the_last_drop);
	tcase_add_test(tc, later_handler_stays);
	tcase_add_test(tc, sent_signals_go_to_the_handler_before);
	tcase_add_test(tc, foreign_faults_kill);
	tcase_add_test(tc, foreign_faults_reach_the_handler_before);
	suite_add_tcase(suite, tc);
	return suite;
}
