/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owners that the geometry tells: the headers of every group, and the journal.
 *
 * The headers take the four sectors of superblock, AGF, AGI and AGFL, in whole blocks, as the kernel lists them under
 * RMAP_OWN_FS (seen in kernel images, test_owner.c).
 */
#include "fs/owner.h"

static struct owner headers_of(const struct geometry *geo, uint32_t agno)
{
	uint64_t blocks = geometry_header_blocks(geo);
	struct owner owner = {.kind = OWNER_AG_HEADER};

	owner.start_bytes = geometry_block_offset(geo, (struct agaddr){agno, 0});
	owner.end_bytes = owner.start_bytes + (blocks << geo->block_log);
	return owner;
}

static struct owner journal_of(const struct geometry *geo)
{
	struct owner owner = {.kind = OWNER_LOG, .start_bytes = geometry_block_offset(geo, geo->log_start)};

	owner.end_bytes = owner.start_bytes + ((uint64_t)geo->log_blocks << geo->block_log);
	return owner;
}

/* Adds [start, end) without what @taken holds. */
static int add_rest(uint64_t start, uint64_t end, const struct interval_set *taken, struct interval_set *rest)
{
	const struct interval *last = taken->items + taken->count;
	int rc = 0;

	for (const struct interval *cut = interval_find(taken, start); rc == 0 && start < end; cut++) {
		uint64_t stop = cut && cut < last && cut->start < end ? cut->start : end;

		rc = interval_add(rest, start, stop);
		if (stop == end)
			break;
		start = cut->end;
	}
	return rc;
}

int owners_by_geometry(const struct geometry *geo, const struct interval_set *wanted, const struct owner_sink *sink,
		       struct interval_set *rest, struct error *err)
{
	uint64_t group_bytes = (uint64_t)geo->ag_blocks << geo->block_log;
	struct owner journal = journal_of(geo);
	struct interval_set taken = {0};
	int rc = interval_add(&taken, journal.start_bytes, journal.end_bytes);

	if (rc == 0)
		rc = owner_give(&journal, wanted, sink);
	for (size_t i = 0; i < wanted->count && rc == 0; i++) {
		uint64_t first = wanted->items[i].start / group_bytes, last = (wanted->items[i].end - 1) / group_bytes;

		for (uint64_t agno = first; agno <= last && agno < geo->ag_count && rc == 0; agno++) {
			struct owner headers = headers_of(geo, (uint32_t)agno);
			struct owner piece = headers;

			rc = interval_add(&taken, headers.start_bytes, headers.end_bytes);
			if (rc == 0 && owner_cut(&piece, wanted->items[i].start, wanted->items[i].end))
				rc = sink->owner(sink->arg, &piece);
		}
	}
	interval_settle(&taken);
	for (size_t i = 0; i < wanted->count && rc == 0; i++)
		rc = add_rest(wanted->items[i].start, wanted->items[i].end, &taken, rest);
	interval_settle(rest);
	interval_fini(&taken);
	return rc == ERR_NOMEM ? error_set(err, rc, "no memory for %zu ranges", wanted->count) : rc;
}
