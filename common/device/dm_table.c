/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asking device mapper by its ioctl, without libdevmapper: one call, whose structures are in linux/dm-ioctl.h. sysfs
 * names the devices below, but not which part of them is used.
 */
#include "device/dm_table.h"

#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/span.h"

#define TABLE_FIRST_BYTES ((size_t)16 << 10)
#define TABLE_MAX_BYTES	  ((size_t)4 << 20)

void dm_table_fini(struct dm_table *table)
{
	free(table->linear);
	*table = (struct dm_table){0};
}

/* "MAJOR:MINOR SECTOR" */
static bool parse_linear(const char *words, struct dm_linear *out)
{
	unsigned major_no, minor_no;
	unsigned long long start;
	int used = 0;

	if (sscanf(words, "%9u:%9u %19llu%n", &major_no, &minor_no, &start, &used) != 3 || words[used] != '\0' ||
	    strchr(words, '-'))
		return false;
	out->below = makedev(major_no, minor_no);
	out->below_start = start;
	return true;
}

int dm_table_parse(const void *bytes, size_t len, uint32_t count, struct dm_table *out, struct error *err)
{
	struct span all = {bytes, len};
	struct dm_table table = {0};
	uint64_t at = 0;

	/* The smallest target says how many there can be at most. */
	if (count > len / sizeof(struct dm_target_spec))
		count = (uint32_t)(len / sizeof(struct dm_target_spec)) + 1;
	table.linear = calloc(count ? count : 1, sizeof(*table.linear));
	if (!table.linear)
		return error_set(err, ERR_NOMEM, "no memory for a table of %u targets", count);
	for (uint32_t i = 0; i < count; i++) {
		const void *from = span_at(all, at, sizeof(struct dm_target_spec));
		struct span words = span_from(all, at + sizeof(struct dm_target_spec));
		struct dm_target_spec spec;
		struct dm_linear linear;

		if (!from || !memchr(words.bytes, '\0', words.len)) {
			table.others += count - i;
			break;
		}
		memcpy(&spec, from, sizeof(spec));
		linear = (struct dm_linear){.start = spec.sector_start, .len = spec.length};
		if (strncmp(spec.target_type, "linear", sizeof(spec.target_type)) == 0 &&
		    parse_linear((const char *)words.bytes, &linear))
			table.linear[table.count++] = linear;
		else
			table.others++;
		at = spec.next; /* from the start of the first */
	}
	*out = table;
	return 0;
}

/* The kernel's own coding of device numbers in 64 bits. */
static uint64_t devno_for_dm(dev_t devno)
{
	uint64_t minor_no = minor(devno);

	return (minor_no & 0xff) | (uint64_t)major(devno) << 8 | (minor_no & ~(uint64_t)0xff) << 12;
}

/* 1 and *out, the whole answer (the caller's); 0: it needs *more room, or cannot be had; ERR_NOMEM. */
static int ask(int control, dev_t devno, size_t room, struct dm_ioctl **out, bool *more, struct error *err)
{
	struct dm_ioctl *call = calloc(1, room);
	int rc;

	if (!call)
		return error_set(err, ERR_NOMEM, "no memory to ask device mapper");
	/* Any 4.x driver answers; these bits exist since 4.0. */
	call->version[0] = 4;
	call->data_size = (uint32_t)room;
	call->data_start = sizeof(*call);
	call->flags = DM_STATUS_TABLE_FLAG;
	call->dev = devno_for_dm(devno);
	rc = ioctl(control, DM_TABLE_STATUS, call);
	*more = rc == 0 && (call->flags & DM_BUFFER_FULL_FLAG);
	if (rc != 0 || *more || call->data_size > room || call->data_start > call->data_size) {
		free(call);
		return 0;
	}
	*out = call;
	return 1;
}

int dm_table_read(dev_t devno, struct dm_table *out, struct error *err)
{
	int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	struct dm_ioctl *answer = NULL;
	bool more = true;
	int rc = 0;

	if (control < 0)
		return 0;
	for (size_t room = TABLE_FIRST_BYTES; rc == 0 && more && room <= TABLE_MAX_BYTES; room *= 4)
		rc = ask(control, devno, room, &answer, &more, err);
	(void)close(control);
	if (rc != 1)
		return rc;
	rc = dm_table_parse((const char *)answer + answer->data_start, answer->data_size - answer->data_start,
			    answer->target_count, out, err);
	free(answer);
	return rc == 0 ? 1 : rc;
}
