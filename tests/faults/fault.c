/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands in for the calls that shall fail. */
#include "faults/fault.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define KEPT_MAX ((size_t)1 << 16)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for all below */
static bool armed, hit;
static enum fault wanted;
static unsigned long calls, at;
static void *kept[KEPT_MAX]; /* by address; a hole: NULL */
static size_t kept_count;

/* What the linker makes of the names that it wraps. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
char *__real_strdup(const char *text);
int __real_posix_memalign(void **out, size_t alignment, size_t size);
void __real_free(void *old);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg);
ssize_t __real_pread64(int fd, void *to, size_t len, off_t offset);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
char *__wrap_strdup(const char *text);
int __wrap_posix_memalign(void **out, size_t alignment, size_t size);
void __wrap_free(void *old);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg);
ssize_t __wrap_pread64(int fd, void *to, size_t len, off_t offset);

void fault_arm(enum fault fault, unsigned long nth)
{
	pthread_mutex_lock(&lock);
	armed = true;
	hit = false;
	wanted = fault;
	calls = 0;
	at = nth;
	memset(kept, 0, sizeof(kept));
	kept_count = 0;
	pthread_mutex_unlock(&lock);
}

bool fault_disarm(void)
{
	bool was_hit;

	pthread_mutex_lock(&lock);
	armed = false;
	was_hit = hit;
	pthread_mutex_unlock(&lock);
	return was_hit;
}

size_t fault_leaked(void)
{
	return kept_count;
}

/* Whether this call of that kind shall fail. */
static bool fails(enum fault fault)
{
	bool yes = false;

	pthread_mutex_lock(&lock);
	if (armed && wanted == fault) {
		calls++;
		yes = calls == at || (fault == FAULT_MEDIA_ON && calls > at);
		hit |= yes;
	}
	pthread_mutex_unlock(&lock);
	return yes;
}

static size_t slot_of(const void *memory)
{
	return (size_t)((uintptr_t)memory >> 4) * 0x9e3779b1u % KEPT_MAX;
}

static void *keep(void *memory)
{
	pthread_mutex_lock(&lock);
	if (armed && memory) {
		size_t slot = slot_of(memory);

		if (kept_count == KEPT_MAX / 2) {
			fprintf(stderr, "more pieces of memory than this test can follow\n");
			exit(99);
		}
		while (kept[slot])
			slot = (slot + 1) % KEPT_MAX;
		kept[slot] = memory;
		kept_count++;
	}
	pthread_mutex_unlock(&lock);
	return memory;
}

/* Takes an address out, and moves up what would not be found any more behind the hole. False: it was not there. */
static bool forget(void *memory)
{
	size_t slot = slot_of(memory);
	bool found;

	pthread_mutex_lock(&lock);
	while (kept[slot] && kept[slot] != memory)
		slot = (slot + 1) % KEPT_MAX;
	found = memory && kept[slot] == memory;
	if (found) {
		kept[slot] = NULL;
		kept_count--;
		for (slot = (slot + 1) % KEPT_MAX; kept[slot]; slot = (slot + 1) % KEPT_MAX) {
			void *moved = kept[slot];
			size_t to = slot_of(moved);

			kept[slot] = NULL;
			while (kept[to])
				to = (to + 1) % KEPT_MAX;
			kept[to] = moved;
		}
	}
	pthread_mutex_unlock(&lock);
	return found;
}

void *__wrap_malloc(size_t size)
{
	if (!fails(FAULT_MEMORY))
		return keep(__real_malloc(size));
	errno = ENOMEM;
	return NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
	if (!fails(FAULT_MEMORY))
		return keep(__real_calloc(count, size));
	errno = ENOMEM;
	return NULL;
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	void *larger;
	bool was_kept;

	if (fails(FAULT_MEMORY)) {
		errno = ENOMEM;
		return NULL;
	}
	was_kept = forget(old);
	larger = __real_reallocarray(old, count, size);
	if (larger)
		return was_kept || !old ? keep(larger) : larger;
	if (was_kept)
		(void)keep(old);
	return NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
	return __wrap_reallocarray(old, 1, size);
}

char *__wrap_strdup(const char *text)
{
	if (!fails(FAULT_MEMORY))
		return keep(__real_strdup(text));
	errno = ENOMEM;
	return NULL;
}

int __wrap_posix_memalign(void **out, size_t alignment, size_t size)
{
	int rc = fails(FAULT_MEMORY) ? ENOMEM : __real_posix_memalign(out, alignment, size);

	if (rc == 0)
		(void)keep(*out);
	return rc;
}

void __wrap_free(void *old)
{
	(void)forget(old);
	__real_free(old);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg)
{
	return fails(FAULT_THREAD) ? EAGAIN : __real_pthread_create(thread, attr, start, arg);
}

ssize_t __wrap_pread64(int fd, void *to, size_t len, off_t offset)
{
	if (fails(FAULT_MEDIA) || fails(FAULT_MEDIA_ON)) {
		errno = EIO;
		return -1;
	}
	if (fails(FAULT_SYSTEM)) {
		errno = ENXIO;
		return -1;
	}
	return fails(FAULT_SHORT) ? 0 : __real_pread64(fd, to, len, offset);
}
