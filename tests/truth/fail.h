/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mistake, ours or that of what is tested, ends the program with a message. */
#ifndef TRUTH_FAIL_H
#define TRUTH_FAIL_H

#include <stdio.h>
#include <stdlib.h>

#define FAIL(...)                                                                                                      \
	do {                                                                                                           \
		fprintf(stderr, __VA_ARGS__);                                                                          \
		fputc('\n', stderr);                                                                                   \
		exit(1);                                                                                               \
	} while (0)

#endif
