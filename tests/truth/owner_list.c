/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "truth/owner_list.h"

#include <inttypes.h>

#include "base/interval.h"
#include "truth/fail.h"

int owner_list_add(void *arg, const struct owner *owner)
{
	struct owner_list *list = arg;

	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 1024;
		list->items = realloc(list->items, list->room * sizeof(*list->items));
		if (!list->items)
			FAIL("out of memory");
	}
	list->items[list->count++] = *owner;
	return 0;
}

int owner_list_gap(void *arg, uint64_t start, uint64_t end, const struct error *why)
{
	struct owner_list *list = arg;

	if (why->code == 0 || why->text[0] == '\0')
		FAIL("a gap at %" PRIu64 " without a reason", start);
	list->gap_bytes += end - start;
	return 0;
}

int number_compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

int owner_compare(const void *left, const void *right)
{
	const struct owner *a = left, *b = right;
	const uint64_t x[] = {a->start_bytes, a->end_bytes, a->kind,	  a->ino,
			      a->fork,	      a->bmbt,	    a->unwritten, a->offset_bytes};
	const uint64_t y[] = {b->start_bytes, b->end_bytes, b->kind,	  b->ino,
			      b->fork,	      b->bmbt,	    b->unwritten, b->offset_bytes};

	for (size_t i = 0; i < sizeof(x) / sizeof(x[0]); i++)
		if (x[i] != y[i])
			return number_compare(x[i], y[i]);
	return 0;
}

void owner_print(const char *what, const struct owner *o)
{
	fprintf(stderr,
		"%s %" PRIu64 "-%" PRIu64 " kind %d ino %" PRIu64 " fork %d bmbt %d unwritten %d offset %" PRIu64 "\n",
		what, o->start_bytes, o->end_bytes, (int)o->kind, o->ino, (int)o->fork, o->bmbt, o->unwritten,
		o->offset_bytes);
}

void owner_list_expect(struct owner_list *want, struct owner_list *got, const char *what)
{
	if (want->count)
		qsort(want->items, want->count, sizeof(*want->items), owner_compare);
	if (got->count)
		qsort(got->items, got->count, sizeof(*got->items), owner_compare);
	for (size_t i = 0; i < want->count || i < got->count; i++) {
		if (i < want->count && i < got->count && owner_compare(&want->items[i], &got->items[i]) == 0)
			continue;
		if (i < want->count)
			owner_print("expected", &want->items[i]);
		if (i < got->count)
			owner_print("got     ", &got->items[i]);
		FAIL("%s: owner %zu of %zu differs", what, i, want->count);
	}
}

void owner_list_ask(struct view *view, uint64_t start, uint64_t end, struct owner_list *got)
{
	struct owner_sink sink = {.owner = owner_list_add, .gap = owner_list_gap, .arg = got};
	struct interval_set wanted = {0};
	struct error err = {0};

	got->count = 0;
	got->gap_bytes = 0;
	if (interval_add(&wanted, start, end) != 0)
		FAIL("out of memory");
	if (view->ops->owners(view->self, &wanted, &sink, NULL, &err) != 0)
		FAIL("owners: %s", err.text);
	interval_fini(&wanted);
}
