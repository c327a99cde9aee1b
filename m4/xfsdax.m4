dnl SPDX-License-Identifier: LGPL-2.1-or-later

dnl XFSDAX_NEED(VARIABLE, pkg-config module, Debian package): a library that must be there.
AC_DEFUN([XFSDAX_NEED],
[PKG_CHECK_MODULES([$1], [$2], [],
	[AC_MSG_ERROR([$2 is missing (Debian: apt-get install $3)])])])

dnl XFSDAX_OPTIONAL(VARIABLE, option, modules, Debian packages, what it does):
dnl used unless --without-OPTION is given; then a second implementation serves.
AC_DEFUN([XFSDAX_OPTIONAL],
[AC_ARG_WITH([$2], [AS_HELP_STRING([--without-$2], [do not $5])], [], [with_$2=yes])
AS_IF([test "x$with_$2" != xno],
	[PKG_CHECK_MODULES([$1], [$3], [xfsdax_$2_summary="$3"],
		[AC_MSG_ERROR([$3 is missing (Debian: apt-get install $4, or configure --without-$2)])])],
	[xfsdax_$2_summary="without $3"])
AM_CONDITIONAL([WITH_$1], [test "x$with_$2" != xno])])

dnl The one list of warnings. Errors only on request: a new compiler must not break a user's build.
AC_DEFUN([XFSDAX_WARNINGS],
[AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [treat warnings as errors])], [], [enable_werror=no])
WARN_CFLAGS="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Wcast-qual -Wformat=2 -Wmissing-prototypes -Wundef"
AS_IF([test "x$enable_werror" = xyes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
AC_SUBST([WARN_CFLAGS])])

AC_DEFUN([XFSDAX_SANITIZERS],
[AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers], [build with ASan and UBSan])], [],
	[enable_sanitizers=no])
AS_IF([test "x$enable_sanitizers" = xyes],
	[SAN_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"])
AC_ARG_ENABLE([fuzzer], [AS_HELP_STRING([--enable-fuzzer], [build the fuzz targets for libFuzzer (needs clang)])], [],
	[enable_fuzzer=no])
AS_IF([test "x$enable_fuzzer" = xyes], [SAN_CFLAGS="$SAN_CFLAGS -fsanitize=fuzzer-no-link"])
AM_CONDITIONAL([FUZZER], [test "x$enable_fuzzer" = xyes])
AC_SUBST([SAN_CFLAGS])
AM_CONDITIONAL([SANITIZERS], [test "x$enable_sanitizers" = xyes])])
