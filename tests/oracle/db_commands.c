/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * usage: db_commands IMAGE
 *
 * Writes commands for xfs_db and xfsdax-db that print every structure of IMAGE: superblocks and AG headers, every block
 * of every B+tree of the groups and of the forks, every inode that has space, allocated or free, every block of every
 * directory, attribute fork and symbolic link, every record of the quota files; then every tree as a whole, and field
 * expressions of every kind. Before each stands an echo, so that a difference names its place.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs/btree.h"
#include "format/dir.h"
#include "format/dquot.h"
#include "fs/chunk.h"
#include "fs/fork.h"

struct site {
	const struct fs *fs;
	const struct inode *inode; /* of the fork under way */
	enum fork_kind kind;
	const char *type;
	uint64_t places;
};

static int fail(const struct error *err)
{
	fprintf(stderr, "db_commands: %s\n", err->text);
	return err->code;
}

static void print_place(struct site *site)
{
	printf("p\n");
	site->places++;
}

static void print_block(struct site *site, const char *type, struct agaddr at)
{
	printf("echo @ %s %" PRIu32 "/%" PRIu32 "\nfsblock %" PRIu64 "\ntype %s\n", type, at.agno, at.agbno,
	       geometry_pack(&site->fs->geo, at).packed, type);
	print_place(site);
}

/* Some expressions of each kind for a B+tree block, of a leaf or not: what is not there is answered too. */
static void print_btree_fields(void)
{
	printf("p level recs[1] recs[1-2]\np keys[1] ptrs[1]\np ptrs[2-3]\np recs[2].startblock\np keys[1-2].startoff\n"
	       "p level[0]\np recs[0]\np crc.x\ncrc\n");
}

static int tree_block(void *arg, struct agaddr at, unsigned level)
{
	struct site *site = arg;

	(void)level;
	print_block(site, site->type, at);
	print_btree_fields();
	return 0;
}

static int walk_tree(struct site *site, enum btree_kind kind, uint32_t agno, struct error *err)
{
	static const char *const types[] = {
		[BTREE_BNO] = "bnobt",	 [BTREE_CNT] = "cntbt",	  [BTREE_INO] = "inobt",
		[BTREE_FINO] = "finobt", [BTREE_RMAP] = "rmapbt", [BTREE_REFCOUNT] = "refcntbt",
	};
	static const struct {
		const char *header, *field;
	} roots[] = {
		[BTREE_BNO] = {"agf", "bnoroot"},   [BTREE_CNT] = {"agf", "cntroot"},
		[BTREE_INO] = {"agi", "root"},	    [BTREE_FINO] = {"agi", "free_root"},
		[BTREE_RMAP] = {"agf", "rmaproot"}, [BTREE_REFCOUNT] = {"agf", "refcntroot"},
	};
	struct btree_cursor_options options = {
		.low = BTREE_KEY_MIN, .high = BTREE_KEY_MAX, .skip_leaves = true, .block = tree_block, .arg = site};
	const struct btree_walker walker = {.arg = site};
	struct btree tree;
	int rc = btree_open_group(site->fs, kind, agno, &tree, err);

	if (rc == ERR_NOT_FOUND)
		return 0;
	site->type = types[kind];
	if (rc == 0)
		rc = btree_walk(&tree, &options, &walker, err);
	if (rc == 0)
		printf("echo @ dump %s %" PRIu32 "\n%s %" PRIu32 "\na %s\nbtdump\nbtdump -i\naddr\n", types[kind], agno,
		       roots[kind].header, agno, roots[kind].field);
	return rc;
}

static int fork_block(void *arg, struct agaddr at, unsigned level)
{
	struct site *site = arg;

	(void)level;
	print_block(site, site->kind == FORK_DATA ? "bmapbtd" : "bmapbta", at);
	return 0;
}

/* Every record of a block of a quota file, and the block by the inode: that shows the first record. */
static void print_quota_block(struct site *site, int kind, uint64_t fileoff)
{
	const uint32_t per_block = site->fs->geo.block_bytes / (uint32_t)sizeof(struct disk_dqblk);

	for (uint64_t id = fileoff * per_block; id < (fileoff + 1) * per_block && id <= UINT32_MAX; id++) {
		printf("echo @ dquot %c %" PRIu64 "\ndquot -%c %" PRIu64 "\n", "ugp"[kind], id, "ugp"[kind], id);
		print_place(site);
		printf("addr\ncrc\np diskdq.id crc\np diskdq.nothing\n");
	}
	printf("echo @ quota inode %" PRIu64 " block %" PRIu64 "\ninode %" PRIu64 "\ndblock %" PRIu64 "\n",
	       site->inode->ino, fileoff, site->inode->ino, fileoff);
	print_place(site);
	printf("addr\ncrc\n");
}

/* Which of the quota files the inode is, in the order of geometry.quota_ino; -1: none. */
static int quota_kind(const struct site *site)
{
	for (int kind = 0; kind < 3; kind++)
		if (site->kind == FORK_DATA && site->inode->ino == site->fs->geo.quota_ino[kind])
			return kind;
	return -1;
}

/* Whether what lies in the fork's blocks is structure. */
static bool has_structure(const struct site *site)
{
	return site->kind == FORK_ATTR || inode_is(site->inode, INODE_MODE_DIR) ||
	       inode_is(site->inode, INODE_MODE_LINK);
}

static int fork_extent(void *arg, const struct extent *extent)
{
	struct site *site = arg;
	bool is_dir = site->kind == FORK_DATA && inode_is(site->inode, INODE_MODE_DIR);
	bool is_link = site->kind == FORK_DATA && inode_is(site->inode, INODE_MODE_LINK);
	uint32_t together = is_dir ? 1u << site->fs->geo.dirblock_blocks_log : is_link ? extent->len_blocks : 1;

	for (uint64_t i = 0; quota_kind(site) >= 0 && i < extent->len_blocks; i++)
		print_quota_block(site, quota_kind(site), extent->fileoff + i);
	if (!has_structure(site))
		return 0;
	for (uint64_t fileoff = extent->fileoff; fileoff < extent->fileoff + extent->len_blocks; fileoff++) {
		/* Of what belongs together the first block is enough, and the rest may be in another extent. */
		if (is_link ? fileoff != extent->fileoff : fileoff % together != 0)
			continue;
		printf("echo @ inode %" PRIu64 " %s block %" PRIu64 "\ninode %" PRIu64 "\n%s %" PRIu64 "\n",
		       site->inode->ino, site->kind == FORK_DATA ? "data" : "attr", fileoff, site->inode->ino,
		       site->kind == FORK_DATA ? "dblock" : "ablock", fileoff);
		print_place(site);
	}
	return 0;
}

/* The trees that hang off an inode, as wholes. */
static void dump_inode(const struct site *site, const struct inode *inode)
{
	printf("echo @ dump inode %" PRIu64 "\ninode %" PRIu64 "\nbtdump\nbtdump -i\nbtdump -a -i\n", inode->ino,
	       inode->ino);
	printf("ablock 0\nbtdump\nbtdump -i\naddr\n");
	printf("echo @ map %" PRIu64 "\nbmap\nbmap -a\nbmap -d\nbmap -a -d\n", inode->ino);
	if (inode_is(inode, INODE_MODE_DIR))
		printf("echo @ ls %" PRIu64 "\ninode %" PRIu64 "\nls\nls -i\n", inode->ino, inode->ino);
	if (inode_is(inode, INODE_MODE_DIR))
		printf("echo @ dump directory %" PRIu64 "\ninode %" PRIu64 "\ndblock %llu\nbtdump\nbtdump -i\naddr\n",
		       inode->ino, inode->ino, DIR_LEAF_OFFSET >> site->fs->geo.block_log);
}

static void print_inode_fields(void)
{
	printf("p core.atime core.flags core.nextents\np u3\np a\np u3.bmx[0]\np u3.bmx[0-1].startoff\np "
	       "a.sfattr.list[0].name\n"
	       "p u3.sfdir3.list.name\np u3.sfdir3.hdr.parent\np core[0]\np core.magic.x\np v3.pad2[2-5]\np "
	       "u3.bmbt.ptrs\n"
	       "a u3.bmx[0].startblock\naddr\n");
}

static int print_inode(struct site *site, uint64_t ino, bool allocated, struct error *err)
{
	const struct fork_walker walker = {.extent = fork_extent, .block = fork_block, .arg = site};
	struct inode inode;
	int rc = 0;

	printf("echo @ inode %" PRIu64 "\ninode %" PRIu64 "\n", ino, ino);
	print_place(site);
	if (!allocated)
		return 0;
	rc = inode_read(site->fs, ino, &inode, err);
	site->inode = &inode;
	if (rc == 0) {
		print_inode_fields();
		dump_inode(site, &inode);
	}
	for (int kind = FORK_DATA; kind <= FORK_ATTR && rc == 0; kind++) {
		if (!inode.fork[kind].exists)
			continue;
		site->kind = (enum fork_kind)kind;
		rc = fork_walk(site->fs, &inode, site->kind, 0, FILEOFF_MAX, &walker, err);
	}
	return rc;
}

static int print_chunk(void *arg, const struct chunk *chunk)
{
	struct site *site = arg;
	struct error err;
	int rc = 0;

	for (unsigned i = 0; i < INODES_PER_CHUNK && rc == 0; i++)
		if (chunk->present >> i & 1)
			rc = print_inode(site, geometry_ino_join(&site->fs->geo, chunk->agno, chunk->first_agino + i),
					 chunk->allocated >> i & 1, &err);
	return rc == 0 ? 0 : fail(&err);
}

static int print_group(struct site *site, uint32_t agno)
{
	static const char *const headers[] = {"sb", "agf", "agi", "agfl"};
	const struct chunk_walker walker = {.chunk = print_chunk, .arg = site};
	struct error err;
	int rc = 0;

	for (int i = 0; i < 4; i++) {
		printf("echo @ %s %" PRIu32 "\n%s %" PRIu32 "\n", headers[i], agno, headers[i], agno);
		print_place(site);
	}
	for (int kind = 0; kind < BTREE_BMAP && rc == 0; kind++)
		rc = walk_tree(site, (enum btree_kind)kind, agno, &err);
	if (rc == 0)
		rc = chunk_walk(site->fs, agno, &walker, &err);
	return rc == 0 ? 0 : fail(&err);
}

int main(int argc, char **argv)
{
	struct device *device = NULL;
	struct fs *fs = NULL;
	struct site site = {0};
	struct error err;
	int rc;

	if (argc != 2) {
		fputs("usage: db_commands IMAGE\n", stderr);
		return 16;
	}
	rc = device_open(argv[1], 0, &device, &err);
	if (rc == 0)
		rc = fs_open(device, &fs, &err);
	if (rc != 0)
		fail(&err);
	site.fs = fs;
	for (uint32_t agno = 0; rc == 0 && agno < fs->geo.ag_count; agno++)
		rc = print_group(&site, agno);
	if (rc == 0)
		fprintf(stderr, "%" PRIu64 "\n", site.places);
	fs_close(fs);
	device_close(device);
	return rc == 0 && fflush(stdout) == 0 ? 0 : 8;
}
