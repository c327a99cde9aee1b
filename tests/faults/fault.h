/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lets the nth call of a kind fail, and knows which memory was not given back.
 *
 * The program is linked with --wrap for what fault.c replaces, so this sees the calls of our code, not those that
 * other libraries make among themselves.
 */
#ifndef FAULTS_FAULT_H
#define FAULTS_FAULT_H

#include <stdbool.h>
#include <stddef.h>

enum fault {
	FAULT_MEMORY,	  /* an allocation fails */
	FAULT_THREAD,	  /* a thread cannot be started */
	FAULT_MEDIA,	  /* a read fails with EIO */
	FAULT_MEDIA_ON,	  /* so do all after it */
	FAULT_SYSTEM,	  /* a read fails with an error that says nothing about the medium */
	FAULT_SHORT,	  /* a read finds the end of the file */
	FAULTS,
};

/* From now on call @nth (1: the first) of that kind fails. */
void fault_arm(enum fault fault, unsigned long nth);

/* Fails nothing any more. Whether something failed since it was armed. */
bool fault_disarm(void);

/* How many pieces of memory were allocated since fault_arm and not given back. */
size_t fault_leaked(void);

#endif
