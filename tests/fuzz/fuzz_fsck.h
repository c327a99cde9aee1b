/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two functions of a libFuzzer target: the names are its own. */
#ifndef FUZZ_FUZZ_FSCK_H
#define FUZZ_FUZZ_FSCK_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
