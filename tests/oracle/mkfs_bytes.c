/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compares a file system of ours with the one that mkfs.xfs made with the same options, UUID and clock, byte for byte.
 * Each difference is named by structure and field.
 *
 * usage: mkfs_bytes [--owned] REFERENCE OURS
 *        mkfs_bytes --write REFERENCE OURS
 *        mkfs_bytes --owners IMAGE
 *
 * --owned: compares only what has an owner, for images that held something else before. --write: before that, nothing
 * is compared, OURS, which is there and as large as REFERENCE, is written by the library with the layout of REFERENCE:
 * for what the command line cannot say.
 *
 * When comparing, every block of OURS must have a known owner, by its reverse mappings and without them. --owners: only
 * that, of any image.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "check/damage/damage.h"
#include "format/inode.h"
#include "format/log.h"
#include "fs/fs.h"
#include "lib/newfs_layout.h"
#include "write/newfs_groups.h"

#define STEP	  65536u
#define SHOWN_MAX 40u

struct comparison {
	const struct newfs_layout *layout;
	int theirs, ours;
	bool owned_only;
	uint64_t bytes;
	unsigned long differences, allowed;
	char last[96]; /* what was named last: a field is named once, not once a byte */
};

static void stop(const char *what, const struct error *err)
{
	fprintf(stderr, "mkfs_bytes: %s: %s\n", what, err ? err->text : strerror(errno));
	exit(99);
}

/* A structure that lies at a place, and how to name what is in it. */
struct place {
	const char *name;
	uint32_t agno;
	uint64_t start, len; /* bytes on the device */
	const struct field_table *table;
	const struct field_table *records; /* that follow the header, or NULL */
	uint64_t ino;			   /* of an inode */
};

static bool inside(const struct place *place, uint64_t at)
{
	return at >= place->start && at - place->start < place->len;
}

static struct place header(const struct geometry *geo, uint32_t agno, const char *name, uint32_t sector,
			   const struct field_table *table)
{
	return (struct place){.name = name,
			      .agno = agno,
			      .start = geometry_sector_offset(geo, agno, sector),
			      .len = geo->sector_bytes,
			      .table = table};
}

/* What has an owner at byte @at; false: nothing has. */
static bool find_place(const struct newfs_layout *layout, uint64_t at, struct place *out)
{
	const struct geometry *geo = &layout->geo;
	struct newfs_group group;
	struct agaddr block;

	if (!geometry_block_of_offset(geo, at, &block))
		return false;
	newfs_group_init(&group, layout, block.agno);
	const struct place headers[] = {
		header(geo, block.agno, "sb", 0, &sb_table),
		header(geo, block.agno, "agf", AGF_SECTOR, &agf_table),
		header(geo, block.agno, "agi", AGI_SECTOR, &agi_table),
		header(geo, block.agno, "agfl", AGFL_SECTOR, &agfl_table),
	};
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		*out = headers[i];
		if (inside(out, at))
			return true;
	}
	*out = (struct place){.agno = block.agno, .start = at, .len = 1};
	if (block.agbno < group.header_blocks) {
		out->name = "padding of the headers";
		return true;
	}
	for (unsigned kind = 0; kind < BTREE_KINDS; kind++) {
		if (group.root[kind] != block.agbno)
			continue;
		out->name = btree_formats[kind].name;
		out->start = geometry_block_offset(geo, block);
		out->len = geo->block_bytes;
		out->table = &btree_short_table;
		out->records = btree_formats[kind].record_fields;
		return true;
	}
	if (block.agbno - group.log.start < group.log.len) {
		out->name = "journal";
		out->start = geometry_block_offset(geo, (struct agaddr){block.agno, group.log.start});
		out->len = (uint64_t)group.log.len << geo->block_log;
		out->table = &log_record_table;
		return true;
	}
	if (block.agbno - group.inodes.start < group.inodes.len) {
		uint64_t first = geometry_block_offset(geo, (struct agaddr){block.agno, group.inodes.start});
		uint64_t index = (at - first) >> geo->inode_log;

		out->name = "inode";
		out->start = first + (index << geo->inode_log);
		out->len = geo->inode_bytes;
		out->table = &inode_table;
		out->ino = geometry_ino_join(geo, block.agno,
					     geometry_block_agino(geo, group.inodes.start) + (uint32_t)index);
		return true;
	}
	return false;
}

/* The field at a byte of a table, or NULL. */
static const struct field *field_at(const struct field_table *table, uint64_t byte)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];

		if (byte * 8 + 7 >= field->bit_offset && byte * 8 < field->bit_offset + field->bit_width * field->count)
			return field;
	}
	return NULL;
}

static const struct field *name_place(const struct place *place, uint64_t at, char *text, size_t room)
{
	uint64_t byte = at - place->start;
	const struct field *field = place->table ? field_at(place->table, byte) : NULL;

	if (!place->name) {
		(void)snprintf(text, room, "ag %u: free space", place->agno);
	} else if (field && place->ino) {
		(void)snprintf(text, room, "inode %llu: %s", (unsigned long long)place->ino, field->name);
	} else if (field) {
		(void)snprintf(text, room, "ag %u: %s.%s", place->agno, place->name, field->name);
	} else if (place->records) {
		uint64_t from_first = byte - sizeof(struct disk_btree_short);
		const struct field *of_record = field_at(place->records, from_first % place->records->size_bytes);

		(void)snprintf(text, room, "ag %u: %s record %llu: %s", place->agno, place->name,
			       (unsigned long long)(from_first / place->records->size_bytes),
			       of_record ? of_record->name : "?");
	} else {
		(void)snprintf(text, room, "ag %u: %s, byte %llu", place->agno, place->name, (unsigned long long)byte);
	}
	return field;
}

/* Whether both images have a right checksum in a structure of which the table has a field "crc". */
static bool both_sealed(const struct comparison *cmp, const struct place *place)
{
	const int fds[] = {cmp->theirs, cmp->ours};
	uint8_t *bytes = malloc(place->len);
	bool sealed = bytes;

	for (size_t i = 0; i < 2 && sealed; i++)
		sealed = pread(fds[i], bytes, place->len, (off_t)place->start) == (ssize_t)place->len &&
			 crc32c_block_ok(bytes, place->len, field_find(place->table, "crc")->bit_offset / 8);
	free(bytes);
	return sealed;
}

/*
 * Of a record that mkfs.xfs removed from a leaf, the bytes stay behind the last record, without meaning; here they are
 * zero. Says whether there are such bytes: from byte @from of the block on, or anywhere if @from is 0.
 */
static bool is_left_behind(const struct comparison *cmp, const struct place *place, uint64_t from)
{
	struct disk_btree_short theirs, ours;
	uint64_t end;
	uint8_t byte = 0;

	if (!place->records ||
	    pread(cmp->theirs, &theirs, sizeof(theirs), (off_t)place->start) != (ssize_t)sizeof(theirs) ||
	    pread(cmp->ours, &ours, sizeof(ours), (off_t)place->start) != (ssize_t)sizeof(ours) ||
	    be16_get(theirs.numrecs) != be16_get(ours.numrecs))
		return false;
	end = sizeof(theirs) + be16_get(theirs.numrecs) * place->records->size_bytes;
	if (from != 0 && from < end)
		return false;
	for (uint64_t at = from != 0 ? from : end; at < place->len; at++) {
		if (pread(cmp->ours, &byte, 1, (off_t)(place->start + at)) != 1 || byte != 0)
			return false;
		if (pread(cmp->theirs, &byte, 1, (off_t)(place->start + at)) == 1 && byte != 0)
			return true;
	}
	return false;
}

/*
 * What may differ, and why:
 * - Bytes behind the last record of a leaf, see above.
 * - The checksum of such a structure, which follows; both must be right.
 */
static bool is_allowed(const struct comparison *cmp, const struct place *place, const struct field *field, uint64_t at)
{
	if (!place->records || (field && strcmp(field->name, "crc") != 0))
		return false;
	return both_sealed(cmp, place) && is_left_behind(cmp, place, field ? 0 : at - place->start);
}

static void show_bytes(const char *whose, int fd, const struct place *place, const struct field *field, uint64_t at)
{
	uint64_t start = field ? place->start + field->bit_offset / 8 : at;
	uint8_t bytes[16];
	size_t len = field ? field->bit_width * field->count / 8 : 4;

	if (len > sizeof(bytes) || len == 0)
		len = sizeof(bytes);
	if (pread(fd, bytes, len, (off_t)start) != (ssize_t)len)
		return;
	printf(" %s ", whose);
	for (size_t i = 0; i < len; i++)
		printf("%02x", bytes[i]);
}

static void differ(struct comparison *cmp, uint64_t at)
{
	struct place place = {0};
	bool owned = find_place(cmp->layout, at, &place);
	const struct field *field;
	char text[96];

	/* mkfs.xfs writes nothing between the headers of a group and its first tree. */
	if (cmp->owned_only && (!owned || !place.table))
		return;
	if (!owned)
		place.start = at;
	field = name_place(&place, at, text, sizeof(text));
	if (strcmp(text, cmp->last) == 0)
		return;
	memcpy(cmp->last, text, sizeof(text));
	if (is_allowed(cmp, &place, field, at)) {
		cmp->allowed++;
		return;
	}
	if (cmp->differences++ >= SHOWN_MAX)
		return;
	printf("  %s (at %llu):", text, (unsigned long long)at);
	show_bytes("mkfs.xfs", cmp->theirs, &place, field, at);
	show_bytes("here", cmp->ours, &place, field, at);
	printf("\n");
}

static void compare_piece(struct comparison *cmp, uint64_t start, size_t len)
{
	static uint8_t theirs[STEP], ours[STEP];

	if (pread(cmp->theirs, theirs, len, (off_t)start) != (ssize_t)len ||
	    pread(cmp->ours, ours, len, (off_t)start) != (ssize_t)len)
		stop("pread", NULL);
	cmp->bytes += len;
	if (memcmp(theirs, ours, len) == 0)
		return;
	for (size_t i = 0; i < len; i++)
		if (theirs[i] != ours[i])
			differ(cmp, start + i);
}

/* The next piece at or after @at that is allocated in either file. */
static bool next_piece(const struct comparison *cmp, uint64_t at, uint64_t *start)
{
	off_t a = lseek(cmp->theirs, (off_t)at, SEEK_DATA), b = lseek(cmp->ours, (off_t)at, SEEK_DATA);

	if (a < 0 && b < 0)
		return false;
	*start = (uint64_t)(a < 0 || (b >= 0 && b < a) ? b : a);
	return true;
}

static void compare(struct comparison *cmp, uint64_t size)
{
	uint64_t at = 0;

	while (at < size && next_piece(cmp, at, &at)) {
		uint64_t end = (at / STEP + 1) * STEP;

		if (end > size)
			end = size;
		compare_piece(cmp, at, (size_t)(end - at));
		at = end;
	}
}

static unsigned long count_unknown(const struct view *view, const struct fs *fs)
{
	struct damage_options options = {0};
	struct damage_report report = {0};
	struct interval_set whole = {0};
	struct error err;
	unsigned long unknown = 0;

	if (interval_add(&whole, 0, fs->geo.blocks << fs->geo.block_log) != 0)
		stop("no memory", NULL);
	if (damage_find(view, &whole, &options, &report, &err) != 0)
		stop("damage_find", &err);
	for (size_t i = 0; i < report.note_count; i++) {
		printf("  doubt %d at %llu: %s\n", (int)report.notes[i].doubt,
		       (unsigned long long)report.notes[i].start_bytes, report.notes[i].why.text);
		unknown++;
	}
	for (size_t i = 0; i < report.piece_count; i++) {
		if (report.pieces[i].code != DAMAGE_UNKNOWN)
			continue;
		printf("  no known owner: bytes %llu to %llu\n", (unsigned long long)report.pieces[i].start_bytes,
		       (unsigned long long)report.pieces[i].end_bytes);
		unknown++;
	}
	if (report.totals.bytes[DAMAGE_SUPERBLOCK] == 0 || report.totals.bytes[DAMAGE_FREE] == 0 ||
	    report.totals.bytes[DAMAGE_JOURNAL] != (uint64_t)fs->geo.log_blocks << fs->geo.block_log) {
		printf("  superblock, free space or journal are missing\n");
		unknown++;
	}
	damage_report_fini(&report);
	interval_fini(&whole);
	return unknown;
}

/* How many parts have no known owner, by both ways to know owners. */
static unsigned long check_owners(const char *path)
{
	unsigned long unknown = 0;
	struct device *device = NULL;
	struct pool *pool = NULL;
	struct view view;
	struct error err;
	struct fs *fs = NULL;

	if (device_open(path, 0, &device, &err) != 0 || fs_open(device, &fs, &err) != 0 ||
	    pool_open(1, &pool, &err) != 0)
		stop(path, &err);
	if (fs->sb_agno != 0) {
		printf("  the first superblock cannot be used: %s\n", fs->sb_error.text);
		unknown++;
	}
	if (view_offline_open(fs, pool, &view, &err) != 0)
		stop(path, &err);
	unknown += count_unknown(&view, fs);
	view_close(&view);
	if (view_scan_open(fs, pool, &view, &err) != 0)
		stop(path, &err);
	unknown += count_unknown(&view, fs);
	view_close(&view);
	pool_close(pool);
	fs_close(fs);
	device_close(device);
	return unknown;
}

static void read_layout(const char *path, struct newfs_layout *layout)
{
	struct device *device = NULL;
	struct error err;
	struct fs *fs = NULL;

	if (device_open(path, 0, &device, &err) != 0 || fs_open(device, &fs, &err) != 0 ||
	    newfs_layout_read(fs, layout, &err) != 0)
		stop(path, &err);
	fs_close(fs);
	device_close(device);
}

static void write_ours(const char *path, const struct newfs_layout *layout)
{
	struct device *device = NULL;
	struct error err;

	if (device_open(path, DEVICE_WRITE, &device, &err) != 0 || newfs_write(layout, device, NULL, &err) != 0)
		stop(path, &err);
	device_close(device);
}

static int compare_images(struct comparison *cmp, const char *theirs, const char *ours)
{
	unsigned long unknown;

	cmp->theirs = open(theirs, O_RDONLY | O_CLOEXEC);
	cmp->ours = open(ours, O_RDONLY | O_CLOEXEC);
	if (cmp->theirs < 0 || cmp->ours < 0)
		stop(theirs, NULL);
	if (lseek(cmp->theirs, 0, SEEK_END) != lseek(cmp->ours, 0, SEEK_END)) {
		printf("  the files have different sizes\n");
		return 1;
	}
	compare(cmp, (uint64_t)lseek(cmp->theirs, 0, SEEK_END));
	printf("%llu bytes compared, %lu differences, %lu allowed ones\n", (unsigned long long)cmp->bytes,
	       cmp->differences, cmp->allowed);
	unknown = check_owners(ours);
	return cmp->differences > 0 || unknown > 0 || cmp->bytes == 0;
}

int main(int argc, char **argv)
{
	struct newfs_layout layout;
	struct comparison cmp = {.layout = &layout};
	bool owned = argc == 4 && strcmp(argv[1], "--owned") == 0;
	bool write = argc == 4 && strcmp(argv[1], "--write") == 0;

	if (argc == 3 && strcmp(argv[1], "--owners") == 0)
		return check_owners(argv[2]) > 0;
	if (argc != 3 && !owned && !write)
		return fprintf(stderr, "usage: mkfs_bytes [--owned | --write] REFERENCE OURS | --owners IMAGE\n"), 99;
	argv += argc - 2;
	read_layout(argv[0], &layout);
	cmp.owned_only = owned;
	if (!write)
		return compare_images(&cmp, argv[0], argv[1]);
	write_ours(argv[1], &layout);
	return 0;
}
