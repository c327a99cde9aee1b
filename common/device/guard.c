/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The SIGBUS fence.
 *
 * Signals are the process's, so this file has the only mutable globals of the library: the count of holds, and what
 * was the handler before.
 */
#include "device/guard.h"

#include <assert.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>

#include "device/map.h"

struct fence {
	uintptr_t start;
	size_t len;
	sigjmp_buf out;
};

static _Thread_local struct fence *current; /* NULL: this thread copies nothing at the moment */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for the two below, but that the handler reads previous */
static unsigned holds;
static struct sigaction previous;

/* As if our handler had never been there. */
static void pass_on(int sig, siginfo_t *info, void *context)
{
	bool ours_to_repeat = info->si_code > 0 && info->si_code != BUS_MCEERR_AO;

	if (previous.sa_flags & SA_SIGINFO) {
		previous.sa_sigaction(sig, info, context);
		return;
	}
	if (previous.sa_handler == SIG_IGN && !ours_to_repeat)
		return;
	if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
		previous.sa_handler(sig);
		return;
	}
	/*
	 * The default is death. The instruction that faulted runs again when we return and faults without us, which
	 * leaves the right place in the core dump (the kernel does not let such a fault be ignored). A signal
	 * that somebody sent does not come again by itself.
	 */
	(void)sigaction(sig, &previous, NULL);
	if (!ours_to_repeat)
		(void)raise(sig);
}

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	struct fence *fence = current;
	uintptr_t at = (uintptr_t)info->si_addr;

	/* si_code says whether there is an address at all: a signal that was sent with kill has none. */
	if (!fence || info->si_code <= 0 || at < fence->start || at - fence->start >= fence->len) {
		pass_on(sig, info, context);
		return;
	}
	/* Poison was found, but not by what we are doing: reading on finds it when it gets there. */
	if (info->si_code == BUS_MCEERR_AO)
		return;
	siglongjmp(fence->out, 1);
}

int guard_hold(struct error *err)
{
	struct sigaction action = {.sa_sigaction = on_sigbus};
	int rc = 0;

	/* SA_NODEFER: the jump leaves the handler without a return, and nobody would unblock the signal. */
	action.sa_flags = SA_SIGINFO | SA_NODEFER;
	sigemptyset(&action.sa_mask);
	pthread_mutex_lock(&lock);
	if (holds == 0) {
		/* Known before ours can run. */
		if (sigaction(SIGBUS, NULL, &previous) != 0 || sigaction(SIGBUS, &action, NULL) != 0)
			rc = error_set(err, ERR_IO, "cannot catch SIGBUS");
	}
	if (rc == 0)
		holds++;
	pthread_mutex_unlock(&lock);
	return rc;
}

void guard_drop(void)
{
	struct sigaction now;

	pthread_mutex_lock(&lock);
	assert(holds > 0);
	/* Somebody who came after us and may call us in turn stays: then ours goes on passing everything on. */
	if (--holds == 0 && sigaction(SIGBUS, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) &&
	    now.sa_sigaction == on_sigbus)
		(void)sigaction(SIGBUS, &previous, NULL);
	pthread_mutex_unlock(&lock);
}

/* @store: NULL, or how. Everything in it is a borrowed pointer or a number: the jump leaves nothing behind. */
static bool inside(struct span fence, size_t offset, void *to, const void *from, size_t len,
		   const enum map_flush *store)
{
	struct fence mine;

	assert(offset <= fence.len && len <= fence.len - offset && !current);
	/* The mask is not saved, which would be a system call for every copy: the handler does not change it. */
	if (sigsetjmp(mine.out, 0) != 0) {
		current = NULL;
		return false;
	}
	mine.start = (uintptr_t)fence.bytes;
	mine.len = fence.len;
	current = &mine;
	atomic_signal_fence(memory_order_seq_cst); /* the compiler must not move the copy out of the fence */
	if (store)
		map_store(to, from, len, *store);
	else
		map_copy(to, from, len);
	atomic_signal_fence(memory_order_seq_cst);
	current = NULL;
	return true;
}

bool guard_copy(struct span fence, size_t offset, void *to, size_t len)
{
	return inside(fence, offset, to, fence.bytes + offset, len, NULL);
}

bool guard_store(struct span fence, size_t offset, const void *from, size_t len, enum map_flush flush)
{
	/* The mapping was opened for writing; spans are const because most are not. */
	return inside(fence, offset, (void *)(uintptr_t)(fence.bytes + offset), from, len, &flush);
}
