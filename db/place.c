/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Going to places. */
#include "place.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "format/dquot.h"
#include "format/symlink.h"
#include "fs/fork.h"

struct place place_at(const struct session *session, const struct type *type, uint64_t offset_bytes, uint32_t len_bytes)
{
	struct place place = {
		.type = type,
		.pieces = {{offset_bytes, len_bytes}},
		.piece_count = 1,
		.len = len_bytes,
		.ino = session->now.place.ino,
		.dir_ino = session->now.place.dir_ino,
		.mode = session->now.place.mode,
	};

	return place;
}

static size_t total_bytes(const struct place *place)
{
	size_t total = 0;

	for (uint32_t i = 0; i < place->piece_count; i++)
		total += place->pieces[i].len_bytes;
	return total;
}

/* Reads one piece; what is lost stays zero and is the flaw of the position. */
static int read_piece(struct session *session, const struct piece *piece, uint8_t *to, struct error *flaw,
		      struct error *err)
{
	int rc = device_read(session->device, piece->offset_bytes, to, piece->len_bytes, err);

	if (rc != ERR_MEDIA)
		return rc;
	memset(to, 0, piece->len_bytes);
	/* Sector by sector, as one bad sector should not hide the others. */
	for (uint32_t at = 0; at < piece->len_bytes; at += 512) {
		struct error sector;

		rc = device_read(session->device, piece->offset_bytes + at, to + at, 512, &sector);
		if (rc == ERR_MEDIA) {
			memset(to + at, 0, 512);
			if (flaw->code == 0)
				*flaw = sector;
		} else if (rc != 0) {
			*err = sector;
			return rc;
		}
	}
	return 0;
}

static int read_pieces(struct session *session, struct position *position, struct error *err)
{
	const struct place *place = &position->place;
	uint8_t *to = position->bytes;
	int rc = 0;

	for (uint32_t i = 0; i < place->piece_count && rc == 0; i++) {
		rc = read_piece(session, &place->pieces[i], to, &position->flaw, err);
		to += place->pieces[i].len_bytes;
	}
	return rc;
}

static void remember_place(struct session *session, const struct place *place)
{
	/* The place after the current one is replaced, as in xfs_db; those further ahead can still be gone to. */
	if (session->ring[session->ring_at].type) {
		bool at_newest = session->ring_at == session->ring_newest;

		session->ring_at = (session->ring_at + 1) % RING_PLACES;
		if (at_newest)
			session->ring_newest = session->ring_at;
	}
	session->ring[session->ring_at] = *place;
}

int place_go(struct session *session, const struct place *place, bool remember)
{
	struct position next = {.place = *place, .bytes_len = total_bytes(place)};
	struct error err;
	int rc;

	next.bytes = calloc(1, next.bytes_len > 0 ? next.bytes_len : 1);
	if (!next.bytes) {
		error_set(&err, ERR_NOMEM, "no memory for %zu bytes", next.bytes_len);
		return session_complain(session, &err);
	}
	rc = read_pieces(session, &next, &err);
	if (rc != 0) {
		free(next.bytes);
		return session_complain(session, &err);
	}
	if (next.flaw.code == 0)
		next.flaw.code =
			place->type->verify ? place->type->verify(session->fs, &next, &next.flaw) : ERR_NOT_FOUND;
	if (next.flaw.code != 0 && next.flaw.code != ERR_NOT_FOUND)
		session_complain(session, &next.flaw);
	free(session->now.bytes);
	session->now = next;
	session->agno = place_agno(session, place);
	if (remember)
		remember_place(session, place);
	return 0;
}

uint32_t place_agno(const struct session *session, const struct place *place)
{
	struct agaddr at;

	return geometry_block_of_offset(&session->fs->geo, place->pieces[0].offset_bytes + place->start, &at) ? at.agno
													      : 0;
}

/*
 * The bytes of an inode's cluster, the unit in which inodes are read: as in xfs_db, the position shows them. A
 * cluster has at least 8 KiB for each 256 bytes of an inode, if the alignment of chunks allows it, and one block.
 */
static struct piece cluster_of(const struct geometry *geo, uint64_t offset_bytes)
{
	uint32_t bytes = 8192u * (geo->inode_bytes / 256);
	struct piece piece;
	struct agaddr at;

	if ((uint64_t)geo->inode_align_blocks << geo->block_log < bytes)
		bytes = 8192;
	if (bytes < geo->block_bytes)
		bytes = geo->block_bytes;
	if (!geometry_block_of_offset(geo, offset_bytes, &at))
		return (struct piece){offset_bytes, geo->inode_bytes};
	at.agbno -= at.agbno % (bytes >> geo->block_log);
	piece = (struct piece){geometry_block_offset(geo, at), bytes};
	if (!geometry_holds(geo, at, bytes >> geo->block_log))
		piece = (struct piece){offset_bytes, geo->inode_bytes};
	return piece;
}

int place_go_inode(struct session *session, uint64_t ino)
{
	const struct geometry *geo = &session->fs->geo;
	const struct disk_inode *inode;
	struct place place;
	struct piece piece;
	uint64_t offset;
	int rc;

	if (!geometry_ino_offset(geo, ino, &offset)) {
		session_say(session, "bad inode number %" PRIu64 "\n", ino);
		return ERR_INVALID;
	}
	piece = cluster_of(geo, offset);
	place = place_at(session, type_find("inode"), piece.offset_bytes, piece.len_bytes);
	place.start = (uint32_t)(offset - piece.offset_bytes);
	place.len = geo->inode_bytes;
	place.ino = ino;
	rc = place_go(session, &place, true);
	if (rc != 0)
		return rc;
	inode = (const struct disk_inode *)(session->now.bytes + session->now.place.start);
	session->now.place.mode = be16_get(inode->mode);
	if ((be16_get(inode->mode) & INODE_MODE_TYPE) == INODE_MODE_DIR)
		session->now.place.dir_ino = ino;
	session->ring[session->ring_at] = session->now.place;
	return 0;
}

int place_go_block(struct session *session, const struct type *type, struct agaddr at)
{
	const struct geometry *geo = &session->fs->geo;
	uint32_t bytes = type->layout ? type_bytes(type, geo) : geo->block_bytes;
	struct place place = place_at(session, type, geometry_block_offset(geo, at), bytes);

	return place_go(session, &place, true);
}

/* What the data fork of the current inode keeps. NULL: nothing that could be gone to. */
static const struct type *type_of_data(const struct session *session)
{
	const struct geometry *geo = &session->fs->geo;
	uint64_t ino = session->now.place.ino;

	if (ino == geo->rtbitmap_ino)
		return type_find("rtbitmap");
	if (ino == geo->rtsummary_ino)
		return type_find("rtsummary");
	for (int i = 0; i < 3; i++)
		if (geo->quota_ino[i] != 0 && ino == geo->quota_ino[i])
			return type_find("dqblk");
	switch (session->now.place.mode & INODE_MODE_TYPE) {
	case INODE_MODE_DIR:
		return type_find("dir3");
	case INODE_MODE_LINK:
		return type_find("symlink");
	case INODE_MODE_FILE:
		return type_find("data");
	default:
		return NULL;
	}
}

/* Adds the next @want blocks of the fork to the place, piece by piece. 1: all there; 0: a hole. */
static int map_blocks(const struct session *session, const struct inode *inode, enum fork_kind kind, uint64_t fileoff,
		      uint32_t want, struct place *place, struct error *err)
{
	const struct geometry *geo = &session->fs->geo;

	place->piece_count = 0;
	while (want > 0) {
		struct extent extent;
		uint64_t skip, take;
		int rc = fork_map(session->fs, inode, kind, fileoff, &extent, err);

		if (rc <= 0)
			return rc;
		skip = fileoff - extent.fileoff;
		take = extent.len_blocks - skip < want ? extent.len_blocks - skip : want;
		extent.start.agbno += (uint32_t)skip;
		place->pieces[place->piece_count++] =
			(struct piece){geometry_block_offset(geo, extent.start), (uint32_t)(take << geo->block_log)};
		fileoff += take;
		want -= (uint32_t)take;
	}
	return 1;
}

/* Blocks that belong together from @fileoff on: a directory block; of a symbolic link all up to the extent's end. */
static uint32_t blocks_together(const struct session *session, const struct inode *inode, enum fork_kind kind,
				const struct type *type, uint64_t fileoff)
{
	const struct geometry *geo = &session->fs->geo;
	struct extent extent;

	if (type->size == TYPE_DIRBLOCK)
		return 1u << geo->dirblock_blocks_log;
	if (type == type_find("symlink") && fork_map(session->fs, inode, kind, fileoff, &extent, NULL) == 1 &&
	    extent.fileoff == fileoff && extent.len_blocks <= SYMLINK_BLOCKS_MAX)
		return extent.len_blocks;
	return 1;
}

static int go_mapped(struct session *session, const struct inode *inode, enum fork_kind kind, const struct type *type,
		     uint64_t fileoff)
{
	struct place place = place_at(session, type, 0, 0);
	struct error err;
	int rc = map_blocks(session, inode, kind, fileoff, blocks_together(session, inode, kind, type, fileoff), &place,
			    &err);

	if (rc < 0)
		return session_complain(session, &err);
	if (rc == 0) {
		session_say(session, "file %s block is unmapped\n", kind == FORK_ATTR ? "attr" : "data");
		return ERR_NOT_FOUND;
	}
	place.len = (uint32_t)total_bytes(&place);
	return place_go(session, &place, true);
}

int place_go_fork(struct session *session, enum fork_kind fork, uint64_t fileoff)
{
	const struct type *type;
	struct inode *inode;
	struct error err;
	int rc;

	if (session->now.place.ino == INO_NONE) {
		session_say(session, "no current inode\n");
		return ERR_INVALID;
	}
	type = fork == FORK_ATTR ? type_find("attr3") : type_of_data(session);
	if (!type) {
		session_say(session, "no type for file data\n");
		return ERR_INVALID;
	}
	inode = malloc(sizeof(*inode));
	if (!inode) {
		error_set(&err, ERR_NOMEM, "no memory for an inode");
		return session_complain(session, &err);
	}
	rc = inode_read(session->fs, session->now.place.ino, inode, &err);
	if (rc == 0 && fork == FORK_ATTR && !inode->fork[FORK_ATTR].exists) {
		session_say(session, "no attribute data for file\n");
		free(inode);
		return ERR_NOT_FOUND;
	}
	rc = rc == 0 ? go_mapped(session, inode, fork, type, fileoff) : session_complain(session, &err);
	free(inode);
	return rc;
}

struct layout_source place_source(const struct session *session)
{
	const struct position *now = &session->now;
	struct layout_source source = {
		.geo = &session->fs->geo,
		.bytes = {now->bytes + now->place.start, now->place.len},
		.crc_bytes = now->place.len,
	};

	if (now->place.type == type_find("dqblk"))
		source.crc_bytes = sizeof(struct disk_dqblk);
	return source;
}

void place_print(FILE *out, const struct session *session, const struct place *place)
{
	uint64_t offset = place->pieces[0].offset_bytes, daddr = offset / 512;
	uint64_t sectors = total_bytes(place) / 512;
	struct agaddr at;
	struct fsblock block = {0};

	if (geometry_block_of_offset(&session->fs->geo, offset, &at))
		block = geometry_pack(&session->fs->geo, at);
	fprintf(out, "\tbyte offset %" PRIu64 ", length %" PRIu32 "\n", offset + place->start, place->len);
	fprintf(out, "\tbuffer block %" PRIu64 " (fsbno %" PRIu64 "), %" PRIu64 " bb%s\n", daddr, block.packed, sectors,
		sectors == 1 ? "" : "s");
	if (place->piece_count > 1) {
		fputs("\tblock map", out);
		for (uint32_t i = 0; i < place->piece_count; i++)
			fprintf(out, " %" PRIu64 ":%" PRIu32, place->pieces[i].offset_bytes / 512,
				place->pieces[i].len_bytes / 512);
		fputc('\n', out);
	}
	fprintf(out, "\tinode %" PRId64 ", dir inode %" PRId64 ", type %s\n", (int64_t)place->ino,
		(int64_t)place->dir_ino, place->type ? place->type->name : "none");
}
