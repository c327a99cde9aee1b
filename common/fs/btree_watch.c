/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The strict checks of B+tree blocks.
 *
 * That every block but the root is at least half full, the lone child of a root in an inode excepted (its records may
 * just not have fitted into the inode), holds for all trees that the kernel wrote, and its own scrub insists on it.
 */
#include "fs/btree_watch.h"

static uint64_t offset_of(const struct btree_watch *watch, struct agaddr at)
{
	return geometry_block_offset(&watch->tree->fs->geo, at);
}

static int tell(const struct btree_watch *watch, enum flaw flaw, struct agaddr at, const char *what)
{
	struct error why;

	(void)error_corrupt(&why, flaw, offset_of(watch, at), "%s block: %s", watch->tree->format->name, what);
	return watch->strict->flaw(watch->strict->arg, &why);
}

/* A block's address as a sibling pointer has it. */
static uint64_t pointer_to(const struct btree_watch *watch, struct agaddr at)
{
	return watch->tree->format->long_pointers ? geometry_pack(&watch->tree->fs->geo, at).packed : at.agbno;
}

static uint64_t no_pointer(const struct btree_watch *watch)
{
	return watch->tree->format->long_pointers ? UINT64_MAX : UINT32_MAX;
}

/* The block before must name the one at @next, or none (NULL). */
static int check_right(const struct btree_watch *watch, const struct btree_neighbour *last, const struct agaddr *next)
{
	if (last->state != NEIGHBOUR_READ || last->right == (next ? pointer_to(watch, *next) : no_pointer(watch)))
		return 0;
	return tell(watch, FLAW_SIBLING, last->at, "the right neighbour is another one");
}

static int check_left(const struct btree_watch *watch, const struct btree_neighbour *last, struct agaddr at,
		      uint64_t left)
{
	uint64_t wanted = no_pointer(watch);

	if (last->state == NEIGHBOUR_UNKNOWN)
		return 0;
	if (last->state != NEIGHBOUR_NONE)
		wanted = pointer_to(watch, last->at);
	return left == wanted ? 0 : tell(watch, FLAW_SIBLING, at, "the left neighbour is another one");
}

static int check_header(const struct btree_watch *watch, const struct btree_seen *seen, struct btree_neighbour *last)
{
	const struct disk_btree_long *wide = (const struct disk_btree_long *)seen->block;
	const struct disk_btree_short *narrow = (const struct disk_btree_short *)seen->block;
	bool is_long = watch->tree->format->long_pointers;
	uint64_t left = is_long ? be64_get(wide->leftsib) : be32_get(narrow->leftsib);
	uint64_t right = is_long ? be64_get(wide->rightsib) : be32_get(narrow->rightsib);
	uint64_t lsn = be64_get(is_long ? wide->lsn : narrow->lsn), lsn_max = watch->strict->lsn_max;
	int rc = check_right(watch, last, &seen->at);

	if (rc == 0)
		rc = check_left(watch, last, seen->at, left);
	if (rc == 0 && lsn_max != 0 && lsn > lsn_max && lsn != UINT64_MAX)
		rc = tell(watch, FLAW_LSN, seen->at, "was written after the end of the journal");
	if (rc == 0 && is_long && be32_get(wide->pad) != 0)
		rc = tell(watch, FLAW_FORMAT, seen->at, "padding is not zero");
	*last = (struct btree_neighbour){NEIGHBOUR_READ, seen->at, right};
	return rc;
}

int btree_watch_block(struct btree_watch *watch, const struct btree_seen *seen)
{
	int rc = check_header(watch, seen, &watch->last[seen->depth]);

	if (rc == 0 && !seen->may_be_poor && seen->count < seen->capacity / 2)
		rc = tell(watch, FLAW_COUNT, seen->at, "less than half full");
	if (rc == 0 && seen->high && btree_key_compare(seen->high, seen->highest) != 0)
		rc = tell(watch, FLAW_ORDER, seen->at, "ends before the high key that its parent has");
	return rc;
}

int btree_watch_unread(struct btree_watch *watch, unsigned depth, struct agaddr at)
{
	struct btree_neighbour *last = &watch->last[depth];
	int rc = check_right(watch, last, &at);

	btree_watch_missing(watch, depth);
	*last = (struct btree_neighbour){.state = NEIGHBOUR_UNREAD, .at = at};
	return rc;
}

void btree_watch_missing(struct btree_watch *watch, unsigned depth)
{
	for (unsigned i = 0; i <= depth; i++)
		watch->last[i].state = NEIGHBOUR_UNKNOWN;
}

int btree_watch_end(struct btree_watch *watch)
{
	int rc = 0;

	for (unsigned i = 0; i < watch->tree->levels && rc == 0; i++)
		rc = check_right(watch, &watch->last[i], NULL);
	return rc;
}
