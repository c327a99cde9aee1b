/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "truth/view_scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/interval.h"
#include "format/inode.h"
#include "truth/fail.h"

static void add_extents(struct owner_list *out, struct json_object *line, const char *name, enum fork_kind fork)
{
	struct json_object *array;

	if (!json_object_object_get_ex(line, name, &array))
		FAIL("the manifest has no %s", name);
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *extent = json_object_array_get_idx(array, i);
		uint64_t part[4];
		struct owner owner = {.kind = OWNER_FILE, .ino = member(line, "ino"), .fork = fork};

		for (size_t k = 0; k < 4; k++)
			part[k] = json_object_get_uint64(json_object_array_get_idx(extent, k));
		owner.offset_bytes = part[0];
		owner.start_bytes = part[1];
		owner.end_bytes = part[1] + part[2];
		owner.unwritten = part[3] & 1;
		owner_list_add(out, &owner);
	}
}

/* What the kernel lists up to the end of a file leaves out what lies behind it, unless it was asked for in advance. */
static bool beyond_size(const struct manifest *manifest, const struct owner *owner)
{
	for (size_t i = 0; i < manifest->count; i++)
		if (member(manifest->lines[i], "ino") == owner->ino)
			return owner->fork == FORK_DATA && owner->offset_bytes >= member(manifest->lines[i], "size");
	FAIL("inode %" PRIu64 " is not in the manifest", owner->ino);
}

/* GETBMAPX, which the manifest has the extents from, tells of files and directories, without blocks of B+trees. */
static bool manifest_has_extents(const struct manifest *manifest, const struct owner *owner)
{
	for (size_t i = 0; i < manifest->count && !owner->bmbt; i++) {
		uint32_t type = (uint32_t)member(manifest->lines[i], "mode") & INODE_MODE_TYPE;

		if (member(manifest->lines[i], "ino") == owner->ino)
			return type == INODE_MODE_FILE || type == INODE_MODE_DIR;
	}
	return false;
}

static int by_offset(const void *left, const void *right)
{
	const struct owner *a = left, *b = right;
	int order = number_compare(a->ino, b->ino);

	if (order == 0)
		order = number_compare(a->fork, b->fork);
	return order != 0 ? order : number_compare(a->offset_bytes, b->offset_bytes);
}

/* GETBMAPX cuts extents where sharing begins or ends; the forks do not. */
static void join(struct owner_list *list)
{
	size_t kept = 0;

	if (list->count == 0)
		return;
	qsort(list->items, list->count, sizeof(*list->items), by_offset);
	for (size_t i = 1; i < list->count; i++) {
		struct owner *last = &list->items[kept];
		const struct owner *next = &list->items[i];
		uint64_t len = last->end_bytes - last->start_bytes;

		if (next->ino == last->ino && next->fork == last->fork && next->unwritten == last->unwritten &&
		    next->start_bytes == last->end_bytes && next->offset_bytes == last->offset_bytes + len)
			last->end_bytes = next->end_bytes;
		else
			list->items[++kept] = *next;
	}
	list->count = kept + 1;
}

/* All that was expected, and besides only what lies behind the end of a file. */
static void expect_extents(const struct manifest *manifest, struct owner_list *want, struct owner_list *got)
{
	size_t matched = 0;

	join(want);
	join(got);
	qsort(want->items, want->count, sizeof(*want->items), owner_compare);
	for (size_t i = 0; i < got->count; i++) {
		if (bsearch(&got->items[i], want->items, want->count, sizeof(*want->items), owner_compare)) {
			matched++;
		} else if (!beyond_size(manifest, &got->items[i])) {
			owner_print("got", &got->items[i]);
			FAIL("an extent that the manifest has not");
		}
	}
	if (matched != want->count)
		FAIL("%zu of %zu extents of the manifest were found", matched, want->count);
}

/*
 * Files and directories: exactly the extents of the manifest. All owners together: the whole device, and where the
 * kernel said "free", nothing else; what is unknown was reported as a gap.
 */
void check_full_pass(struct view *view, const struct owner_list *fsmap, const struct manifest *manifest)
{
	uint64_t whole = view->geo.blocks << view->geo.block_log, unknown = 0;
	struct owner_list got = {0}, files = {0}, want = {0};
	struct interval_set covered = {0}, allocated = {0};

	owner_list_ask(view, 0, whole, &got);
	for (size_t i = 0; i < got.count; i++) {
		const struct owner *o = &got.items[i];

		if (interval_add(&covered, o->start_bytes, o->end_bytes) != 0 ||
		    (o->kind != OWNER_FREE && interval_add(&allocated, o->start_bytes, o->end_bytes) != 0))
			FAIL("out of memory");
		if (o->kind == OWNER_FILE && manifest_has_extents(manifest, o))
			owner_list_add(&files, o);
		if (o->kind == OWNER_UNKNOWN)
			unknown += o->end_bytes - o->start_bytes;
	}
	interval_settle(&covered);
	interval_settle(&allocated);
	if (covered.count != 1 || interval_total(&covered) != whole)
		FAIL("the owners do not cover the device");
	if (unknown != got.gap_bytes)
		FAIL("%" PRIu64 " bytes are unknown, but %" PRIu64 " were reported", unknown, got.gap_bytes);
	for (size_t i = 0; i < fsmap->count; i++)
		if (fsmap->items[i].kind == OWNER_FREE &&
		    interval_overlaps(&allocated, fsmap->items[i].start_bytes, fsmap->items[i].end_bytes))
			FAIL("free space at %" PRIu64 " has an owner", fsmap->items[i].start_bytes);
	for (size_t i = 0; i < manifest->count; i++) {
		uint32_t type = (uint32_t)member(manifest->lines[i], "mode") & INODE_MODE_TYPE;
		struct json_object *extents;

		/* On the first name of an inode only. */
		if ((type == INODE_MODE_FILE || type == INODE_MODE_DIR) &&
		    json_object_object_get_ex(manifest->lines[i], "data", &extents)) {
			add_extents(&want, manifest->lines[i], "data", FORK_DATA);
			add_extents(&want, manifest->lines[i], "attr", FORK_ATTR);
		}
	}
	expect_extents(manifest, &want, &files);
	interval_fini(&covered);
	interval_fini(&allocated);
	printf("%zu owners by a full pass, %zu extents of files, %" PRIu64 " bytes unexplained\n", got.count,
	       files.count, unknown);
	free(got.items);
	free(files.items);
	free(want.items);
}
