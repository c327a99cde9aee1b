/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether this is built with the address sanitizer: it takes many times the time and memory. */
#ifndef LIB_SANITIZED_H
#define LIB_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#endif
