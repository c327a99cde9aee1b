/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing through a descriptor, for the backends: the same errors as struct backend_ops says.
 */
#ifndef DEVICE_FD_WRITE_H
#define DEVICE_FD_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

int fd_write(int fd, uint64_t offset, const void *from, size_t len, uint64_t *bad_at, struct error *err) MUST_CHECK;
/* Punches a hole; writes zeroes where the file system has none. */
int fd_zero_file(int fd, uint64_t offset, uint64_t len, uint64_t *bad_at, struct error *err) MUST_CHECK;
/* Lets the device do it. */
int fd_zero_block(int fd, uint64_t offset, uint64_t len, uint64_t *bad_at, struct error *err) MUST_CHECK;
int fd_flush(int fd, uint64_t *bad_at, struct error *err) MUST_CHECK;
int fd_discard(int fd, bool block, uint64_t offset, uint64_t len, struct error *err) MUST_CHECK;

#endif
