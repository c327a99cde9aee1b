/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What it costs to read all metadata of a file system once and to compute one CRC-32C over it: the yardstick for the
 * complete check, which has to do at least that.
 *
 * usage: bench_metadata IMAGE
 *
 * First notes, untimed, where metadata lies: headers, B+trees, inode chunks, directories, attributes, remote links.
 * Then reads these ranges in the order of the device, some KiB at a time, and checksums them: with one thread and with
 * one a processor; the best of five each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/crc32c.h"
#include "base/pool.h"
#include "fs/btree.h"
#include "fs/chunk.h"
#include "fs/fork.h"

#define PIECE_BYTES (64u << 10)
#define RUNS	    5

struct piece {
	uint64_t offset, len;
};

struct listing {
	const struct fs *fs;
	struct piece *pieces;
	size_t count, room;
	uint64_t bytes;
	uint64_t inodes;
};

static _Noreturn void die(const char *what, const struct error *err)
{
	fprintf(stderr, "bench_metadata: %s: %s\n", what, err ? err->text : "");
	exit(1);
}

static void note(struct listing *listing, uint64_t offset, uint64_t len)
{
	while (len > 0) {
		uint64_t take = len < PIECE_BYTES ? len : PIECE_BYTES;

		if (listing->count == listing->room) {
			listing->room = listing->room ? listing->room * 2 : 1024;
			listing->pieces = reallocarray(listing->pieces, listing->room, sizeof(*listing->pieces));
			if (!listing->pieces)
				die("no memory", NULL);
		}
		listing->pieces[listing->count++] = (struct piece){offset, take};
		listing->bytes += take;
		offset += take;
		len -= take;
	}
}

static int on_block(void *arg, struct agaddr at, unsigned level)
{
	struct listing *listing = arg;

	(void)level;
	note(listing, geometry_block_offset(&listing->fs->geo, at), listing->fs->geo.block_bytes);
	return 0;
}

static int on_record(void *arg, const void *record, struct agaddr place)
{
	(void)arg;
	(void)record;
	(void)place;
	return 0;
}

static int on_extent(void *arg, const struct extent *extent)
{
	struct listing *listing = arg;

	note(listing, geometry_block_offset(&listing->fs->geo, extent->start),
	     (uint64_t)extent->len_blocks << listing->fs->geo.block_log);
	return 0;
}

static void list_inode(struct listing *listing, const struct inode *inode)
{
	struct fork_walker walker = {.block = on_block, .arg = listing};
	struct error err;

	for (int kind = FORK_DATA; kind <= FORK_ATTR; kind++) {
		bool data_is_metadata = inode_is(inode, INODE_MODE_DIR) || inode_is(inode, INODE_MODE_LINK);

		walker.extent = kind == FORK_ATTR || data_is_metadata ? on_extent : NULL;
		if (fork_walk(listing->fs, inode, (enum fork_kind)kind, 0, FILEOFF_MAX, &walker, &err) != 0)
			die("a fork", &err);
	}
}

static int on_chunk(void *arg, const struct chunk *chunk)
{
	struct listing *listing = arg;
	struct inode inode;
	struct error err;

	for (unsigned i = 0; i < INODES_PER_CHUNK; i++) {
		if (!(chunk->present >> i & 1))
			continue;
		note(listing, chunk_inode_offset(listing->fs, chunk, i), listing->fs->geo.inode_bytes);
		listing->inodes++;
		if (!(chunk->allocated >> i & 1))
			continue;
		if (inode_read(listing->fs, geometry_ino_join(&listing->fs->geo, chunk->agno, chunk->first_agino + i),
			       &inode, &err) != 0)
			die("an inode", &err);
		list_inode(listing, &inode);
	}
	return 0;
}

static void list_group(struct listing *listing, uint32_t agno)
{
	struct btree_cursor_options options = {.high = BTREE_KEY_MAX, .block = on_block, .arg = listing};
	struct btree_walker walker = {.record = on_record, .arg = listing};
	struct chunk_walker chunks = {.chunk = on_chunk, .arg = listing};
	struct error err;

	note(listing, geometry_sector_offset(&listing->fs->geo, agno, 0), 4ull * listing->fs->geo.sector_bytes);
	for (int kind = 0; kind < BTREE_BMAP; kind++) {
		struct btree tree;
		int rc = btree_open_group(listing->fs, (enum btree_kind)kind, agno, &tree, &err);

		if (rc == 0)
			rc = btree_walk(&tree, &options, &walker, &err);
		if (rc != 0 && rc != ERR_NOT_FOUND)
			die("a tree", &err);
	}
	if (chunk_walk(listing->fs, agno, &chunks, &err) != 0)
		die("inode chunks", &err);
}

static int by_offset(const void *a, const void *b)
{
	const struct piece *left = a, *right = b;

	return left->offset < right->offset ? -1 : left->offset > right->offset;
}

/* Puts what touches together, up to the size of a read. */
static void merge(struct listing *listing)
{
	size_t kept = 0;

	qsort(listing->pieces, listing->count, sizeof(*listing->pieces), by_offset);
	for (size_t i = 1; i < listing->count; i++) {
		struct piece *last = &listing->pieces[kept];

		if (last->offset + last->len == listing->pieces[i].offset &&
		    last->len + listing->pieces[i].len <= PIECE_BYTES)
			last->len += listing->pieces[i].len;
		else
			listing->pieces[++kept] = listing->pieces[i];
	}
	listing->count = kept + 1;
}

#define PIECES_PER_UNIT 256u

static int checksum(void *arg, unsigned worker, size_t unit)
{
	const struct listing *listing = arg;
	size_t end = (unit + 1) * PIECES_PER_UNIT;
	uint8_t *buffer = malloc(PIECE_BYTES);
	volatile uint32_t crc = 0;
	struct error err;

	(void)worker;
	if (!buffer)
		return ERR_NOMEM;
	for (size_t i = unit * PIECES_PER_UNIT; i < end && i < listing->count; i++) {
		if (device_read(listing->fs->device, listing->pieces[i].offset, buffer, listing->pieces[i].len, &err))
			die("reading", &err);
		crc = crc32c_update(crc, buffer, listing->pieces[i].len);
	}
	free(buffer);
	return 0;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double measure(struct listing *listing, unsigned workers)
{
	struct pool *pool;
	struct error err;
	double best = 1e9;

	if (pool_open(workers, &pool, &err) != 0)
		die("threads", &err);
	for (int run = 0; run < RUNS; run++) {
		double began = now(), took;

		if (pool_run(pool, (listing->count + PIECES_PER_UNIT - 1) / PIECES_PER_UNIT, checksum, listing) != 0)
			die("no memory", NULL);
		took = now() - began;
		best = took < best ? took : best;
	}
	pool_close(pool);
	return best;
}

int main(int argc, char **argv)
{
	struct listing listing = {0};
	struct device *device;
	struct fs *fs;
	struct error err;

	if (argc != 2)
		die("usage", NULL);
	if (device_open(argv[1], 0, &device, &err) != 0 || fs_open(device, &fs, &err) != 0)
		die(argv[1], &err);
	listing.fs = fs;
	for (uint32_t agno = 0; agno < fs->geo.ag_count; agno++)
		list_group(&listing, agno);
	merge(&listing);
	printf("metadata: %.1f MiB in %zu reads, %llu inodes\n", (double)listing.bytes / (1 << 20), listing.count,
	       (unsigned long long)listing.inodes);
	printf("one thread: %.3f s\n", measure(&listing, 1));
	printf("%u threads: %.3f s\n", pool_processors(), measure(&listing, pool_processors()));
	free(listing.pieces);
	fs_close(fs);
	device_close(device);
	return 0;
}
