/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of owners, as a view gives them and as they are expected. */
#ifndef TRUTH_OWNER_LIST_H
#define TRUTH_OWNER_LIST_H

#include "fs/view.h"

/* Zeroed: empty. The items are freed by who has it. */
struct owner_list {
	struct owner *items;
	size_t count, room;
	uint64_t gap_bytes;
};

/* Taken for an owner_sink with the list as argument: each returns 0. */
int owner_list_add(void *arg, const struct owner *owner);
int owner_list_gap(void *arg, uint64_t start, uint64_t end, const struct error *why);

/* The order of the lists: by place, then by who that is. */
int owner_compare(const void *left, const void *right);
int number_compare(uint64_t a, uint64_t b);

void owner_print(const char *what, const struct owner *o);
/* Sorts both; fails if they differ. */
void owner_list_expect(struct owner_list *want, struct owner_list *got, const char *what);

/* All owners of bytes [start, end), instead of what is in the list. */
void owner_list_ask(struct view *view, uint64_t start, uint64_t end, struct owner_list *got);

#endif
