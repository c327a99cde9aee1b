/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a function of the library says that the world failed.
 *
 * The return value is 0 or one negative ERR_* code. Where a person will read it, the last parameter is a
 * struct error, owned by the caller, that adds one sentence, the errno of the system call and the place on the device.
 * A wrong file system is no failure of the world: the readers say ERR_CORRUPT with the place and a `flaw`, and the
 * layer `check` makes a finding of it.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))

enum err_code {
	ERR_NOMEM = -1,	      /* memory ran out */
	ERR_IO = -2,	      /* a system call failed; see sys_errno */
	ERR_MEDIA = -3,	      /* the medium cannot give back these bytes */
	ERR_CORRUPT = -4,     /* the file system contradicts itself; see flaw */
	ERR_UNSUPPORTED = -5, /* a valid file system that this toolkit does not handle */
	ERR_NOT_XFS = -6,     /* no XFS superblock */
	ERR_BUSY = -7,	      /* mounted or claimed by somebody else */
	ERR_INVALID = -8,     /* the caller or the user asked for something impossible */
	ERR_NOT_FOUND = -9,   /* no such thing */
	ERR_CANCELLED = -10,  /* stopped on request */
};

/* What is wrong with a block or a record: why a reader said ERR_CORRUPT. */
enum flaw {
	FLAW_NONE,
	FLAW_MAGIC,   /* not the magic number of this structure */
	FLAW_CRC,     /* checksum does not match */
	FLAW_UUID,    /* belongs to another file system */
	FLAW_OWNER,   /* says it belongs to another inode or allocation group */
	FLAW_ADDRESS, /* says it lies elsewhere */
	FLAW_LEVEL,   /* not the level that its parent promises */
	FLAW_COUNT,   /* more entries than fit, or fewer than must be there */
	FLAW_ORDER,   /* keys or records not ascending */
	FLAW_RANGE,   /* points or reaches outside the device, group, file or block */
	FLAW_FORMAT,  /* a value that the format does not allow */
	FLAW_LOOP,    /* comes by again */
	FLAW_SIBLING, /* names other neighbours than it has */
	FLAW_LSN,     /* says it was written after the end of the journal */
};

struct error {
	int code;	    /* the ERR_* code that was returned */
	int sys_errno;	    /* of the failed system call, or 0 */
	enum flaw flaw;	    /* with ERR_CORRUPT */
	bool has_offset;    /* whether offset_bytes says something */
	uint64_t offset_bytes; /* on the device */
	char text[200];	    /* one sentence, no full stop, no newline */
};

/* The code's name in words, such as "out of memory". Static; never NULL. */
const char *err_text(int code);

/* The flaw in words, such as "bad checksum". Static; never NULL. */
const char *flaw_text(enum flaw flaw);

/* Each fills @err (which may be NULL) and returns @code, so that a function can fail in one line. */
int error_set(struct error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
int error_set_errno(struct error *err, int code, int sys_errno, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
int error_set_at(struct error *err, int code, uint64_t offset_bytes, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* ERR_CORRUPT with the flaw and the place of the block or record. */
int error_corrupt(struct error *err, enum flaw flaw, uint64_t offset_bytes, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
