/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What all scenarios of the image generator share: the mounted file system that is being filled, and the
 * few operations on it that every subject needs. A failing operation ends the program with a message: a
 * half-filled image is of no use to any test.
 *
 * Content rule. Each 512-byte sector of regular file data starts with a tag of 32 bytes: "XDTAG1\0\0", then
 * little-endian 64-bit: number of the inode that wrote it, file offset it was written at, complement of that
 * offset. The rest of the sector is zero. A sector that ends early (end of file) holds as much of the tag as
 * fits. A block reached by reflink or dedupe keeps the tag of the file that wrote it.
 */
#ifndef IMAGES_SITE_H
#define IMAGES_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TAG_SECTOR = 512, TAG_LEN = 32, NAME_ROOM = 256 };

struct site {
	const char *mountpoint;
	int root;		/* descriptor of the mount point */
	uint64_t bs;		/* file system block, bytes */
	uint64_t dirbs;		/* directory block, bytes */
	uint32_t agcount;
	uint32_t agblocks;
	uint32_t inode_bytes;
	uint64_t rng;
};

struct scenario {
	const char *name;
	void (*run)(struct site *);
	const char *purpose;
};

/* One table a subject file, each ended by an entry without a name. */
extern const struct scenario dir_scenarios[];
extern const struct scenario attr_scenarios[];
extern const struct scenario file_scenarios[];
extern const struct scenario inode_scenarios[];
extern const struct scenario shared_scenarios[];
extern const struct scenario crash_scenarios[];
extern const struct scenario demo_scenarios[];
extern const struct scenario bulk_scenarios[];

_Noreturn void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void name_fmt(char name[NAME_ROOM], const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A number in [0, n), the same in every run. */
uint64_t site_random(struct site *s, uint64_t n);

/* Open or make an entry of directory @dir; the caller closes it. */
int file_in(int dir, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int dir_in(int dir, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void done(int fd);
void drop(int dir, const char *name);
void hardlink(int dir, const char *old, int newdir, const char *name);
void flush(int fd);
uint64_t inode_of(int fd);
void set_size(int fd, uint64_t size);

/* Tagged data; @off is a multiple of 512. The second form writes tags of another inode. */
void write_tagged(int fd, uint64_t off, uint64_t len);
void write_tagged_as(int fd, uint64_t inode, uint64_t off, uint64_t len);
/* A file of @len tagged bytes, closed again. */
void plain_file(int dir, const char *name, uint64_t len);

/* fallocate(2); @mode as there. */
void space(int fd, int mode, uint64_t off, uint64_t len);
void punch(int fd, uint64_t off, uint64_t len);

void share(int from, uint64_t from_off, uint64_t len, int to, uint64_t to_off);
void share_all(int from, int to);

/* An attribute with a value of @len bytes made from @seed. */
void set_attr(int fd, const char *name, size_t len, unsigned seed);

/* Inode flags (FS_XFLAG_*) to add; the numbers are left alone where 0. */
struct hints {
	uint32_t flags;
	uint32_t project;
	uint32_t extsize;
	uint32_t cowextsize;
};
void set_hints(int fd, struct hints h);
/* Extents of the data fork, or of the attribute fork. */
uint32_t extents_of(int fd, bool attr_fork);

/*
 * Leave @holes free single blocks near the inodes of @dir, so that what is allocated there next is
 * scattered. The file that stands between them stays.
 */
void shatter(struct site *s, int dir, uint64_t holes);

#endif
