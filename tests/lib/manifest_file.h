/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of names that stands beside a test image (tests/images/README.md), as the kernel showed them. */
#ifndef LIB_MANIFEST_FILE_H
#define LIB_MANIFEST_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	uint8_t *bytes;
	size_t len;
};

struct manifest_parent {
	uint64_t ino;
	uint32_t gen;
	struct bytes name;
};

/* One name. Of an inode with several, only the first has parents. */
struct manifest_row {
	struct bytes path;
	uint64_t ino;
	uint32_t gen, nlink;
	uint16_t mode;
	uint64_t size_bytes;
	struct bytes *xattrs; /* names with their namespace, such as "user.x" */
	size_t xattr_count;
	bool has_parents;
	struct manifest_parent *parents;
	size_t parent_count;
};

struct manifest {
	struct manifest_row *rows;
	size_t count;
};

/* Ends the program with status 99 if the file cannot be read. */
void manifest_read(const char *path, struct manifest *out);
void manifest_free(struct manifest *manifest);

#endif
