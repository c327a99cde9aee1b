/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Poison without hardware: a page of the mapped image is replaced by one of an empty file, so that touching it
 * raises SIGBUS as poisoned memory does.
 *
 * The program is linked with --wrap=map_open, which tells where the image was mapped.
 */
#ifndef FAULTS_POISON_H
#define FAULTS_POISON_H

#include <stdint.h>

#define POISON_PAGE_BYTES 4096u

/*
 * Poisons the page at byte @offset of the device that was mapped last, or heals it. The mapping must still be there.
 * End the program on failure.
 */
void poison_page(uint64_t offset);
void poison_heal(uint64_t offset);

/* The next mapping is poisoned at @offset as soon as it is made; the two above do not see it. */
void poison_next_mapping(uint64_t offset);

#endif
