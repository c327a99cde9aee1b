/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gathers known bad ranges from their sources. */
#include "check/known_bad.h"

#include "device/badblocks.h"

int known_bad_add(struct known_bad *bad, const struct interval_set *ranges, struct error *err)
{
	for (size_t i = 0; i < ranges->count; i++)
		if (interval_add(&bad->bytes, ranges->items[i].start, ranges->items[i].end) != 0)
			return error_set(err, ERR_NOMEM, "no memory for %zu bad ranges", ranges->count);
	interval_settle(&bad->bytes);
	return 0;
}

int known_bad_find(struct known_bad *bad, const char *file, const char *path, struct error *err)
{
	struct badblocks list = {0};
	int rc = file ? badblocks_read_file(file, &list, err) : badblocks_list(path, &list, err);

	if (rc == 0)
		rc = known_bad_add(bad, &list.bytes, err);
	if (file)
		bad->from |= BAD_FROM_FILE;
	if (list.from_ndctl)
		bad->from |= BAD_FROM_NDCTL;
	if (list.from_sysfs)
		bad->from |= BAD_FROM_SYSFS;
	bad->maybe_incomplete |= list.maybe_incomplete;
	badblocks_fini(&list);
	return rc;
}

int known_bad_fits(const struct known_bad *bad, uint64_t device_bytes, struct error *err)
{
	const struct interval *last = bad->bytes.count ? &bad->bytes.items[bad->bytes.count - 1] : NULL;

	if (!last || last->end <= device_bytes)
		return 0;
	return error_set(err, ERR_INVALID, "bad range %llu+%llu reaches beyond the end of the device at %llu",
			 (unsigned long long)last->start, (unsigned long long)(last->end - last->start),
			 (unsigned long long)device_bytes);
}

void known_bad_fini(struct known_bad *bad)
{
	interval_fini(&bad->bytes);
	*bad = (struct known_bad){0};
}
