/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Known bad blocks of a device that is about to be formatted. */
#include "write/newfs_bad.h"

#include "device/badblocks.h"
#include "write/newfs_groups.h"

static int add_run(const struct geometry *geo, uint32_t agno, uint32_t start, uint32_t len, struct interval_set *set)
{
	uint64_t at = geometry_block_offset(geo, (struct agaddr){agno, start});

	return interval_add(set, at, at + ((uint64_t)len << geo->block_log));
}

int newfs_bad_metadata(const struct newfs_layout *layout, struct interval_set *set)
{
	const struct geometry *geo = &layout->geo;
	int rc = 0;

	for (uint32_t agno = 0; agno < geo->ag_count && rc == 0; agno++) {
		struct newfs_group group;

		newfs_group_init(&group, layout, agno);
		rc = add_run(geo, agno, 0, group.head_blocks, set);
		if (rc == 0)
			rc = add_run(geo, agno, group.log.start, group.log.len, set);
		for (uint32_t i = 0; i < group.free_list_count && rc == 0; i++)
			rc = add_run(geo, agno, group.free_list[i], 1, set);
		if (rc == 0)
			rc = add_run(geo, agno, group.inodes.start, group.inodes.len, set);
	}
	interval_settle(set);
	return rc;
}

int newfs_bad_split(const struct interval_set *bad, const struct interval_set *metadata, struct interval_set *inside,
		    struct interval_set *outside)
{
	const struct interval *last = metadata->items + metadata->count;
	int rc = 0;

	for (size_t i = 0; i < bad->count && rc == 0; i++) {
		uint64_t at = bad->items[i].start, end = bad->items[i].end;

		for (const struct interval *used = interval_find(metadata, at); at < end && rc == 0; used++) {
			bool hits = used && used < last && used->start < end;
			uint64_t from = hits ? (used->start > at ? used->start : at) : end;

			rc = interval_add(outside, at, from);
			at = from;
			if (!hits || rc != 0)
				break;
			from = used->end < end ? used->end : end;
			rc = interval_add(inside, at, from);
			at = from;
		}
	}
	interval_settle(inside);
	interval_settle(outside);
	return rc;
}

/* Asks for the known bad ranges, and sorts them by whether metadata will lie there. */
static int ask(const char *path, const struct interval_set *metadata, struct interval_set *inside,
	       struct newfs_bad *out, struct error *err)
{
	struct badblocks list = {0};
	int rc = badblocks_list(path, &list, err);

	if (rc != 0)
		return rc;
	interval_fini(inside);
	interval_fini(&out->outside);
	out->maybe_incomplete = list.maybe_incomplete;
	rc = newfs_bad_split(&list.bytes, metadata, inside, &out->outside);
	badblocks_fini(&list);
	return rc == 0 ? 0 : error_set(err, rc, "no memory for the list of bad blocks");
}

static int refuse(const struct interval *range, struct error *err)
{
	return error_set_at(err, ERR_MEDIA, range->start,
			    "%llu bytes that metadata needs are bad, and writing does not clear them",
			    (unsigned long long)(range->end - range->start));
}

static int write_over(const struct interval_set *inside, struct device *device, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < inside->count && rc == 0; i++) {
		rc = device_zero(device, inside->items[i].start, inside->items[i].end - inside->items[i].start, err);
		if (rc == ERR_MEDIA)
			rc = refuse(&inside->items[i], err);
	}
	return rc == 0 ? device_flush(device, err) : rc;
}

int newfs_bad_clear(const char *path, const struct newfs_layout *layout, struct device *device, struct newfs_bad *out,
		    struct error *err)
{
	struct interval_set metadata = {0}, inside = {0};
	int rc = newfs_bad_metadata(layout, &metadata);

	if (rc != 0)
		rc = error_set(err, rc, "no memory for the places of metadata");
	else
		rc = ask(path, &metadata, &inside, out, err);
	if (rc == 0 && inside.count > 0) {
		uint64_t bytes = interval_total(&inside);

		rc = write_over(&inside, device, err);
		if (rc == 0)
			rc = ask(path, &metadata, &inside, out, err);
		if (rc == 0 && inside.count > 0)
			rc = refuse(&inside.items[0], err);
		if (rc == 0)
			out->cleared_bytes = bytes;
	}
	interval_fini(&metadata);
	interval_fini(&inside);
	return rc;
}

void newfs_bad_fini(struct newfs_bad *bad)
{
	interval_fini(&bad->outside);
}
