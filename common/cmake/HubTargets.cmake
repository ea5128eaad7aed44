# Flags live on the interface target hub_options; every library and program of ours goes through the functions below.
set(HUB_SANITIZE "" CACHE STRING "sanitizers for everything, e.g. address,undefined or thread")
set(HUB_LIBRDKAFKA "" CACHE PATH
  "folder of another librdkafka (include/librdkafka/rdkafka.h, lib/librdkafka.a; tests/bench/librdkafka fetches one); empty: the system's")
option(HUB_FUZZ "build the fuzz targets (clang)" OFF)

find_package(PkgConfig REQUIRED)
if(HUB_LIBRDKAFKA)
  add_library(PkgConfig::RDKAFKA INTERFACE IMPORTED GLOBAL)
  target_include_directories(PkgConfig::RDKAFKA INTERFACE "${HUB_LIBRDKAFKA}/include")
  target_link_libraries(PkgConfig::RDKAFKA INTERFACE "${HUB_LIBRDKAFKA}/lib/librdkafka.a" m dl rt pthread)
else()
  pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)
endif()
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(HIREDIS_SSL IMPORTED_TARGET hiredis_ssl openssl) # from hiredis 1.0 on; without it: no TLS to Redis
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(LIBEVENT REQUIRED IMPORTED_TARGET libevent libevent_pthreads)
pkg_check_modules(AVRO REQUIRED IMPORTED_TARGET avro-c)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(LIBBSD REQUIRED IMPORTED_TARGET libbsd)
pkg_check_modules(CRYPT REQUIRED IMPORTED_TARGET libxcrypt)
pkg_check_modules(CJOSE REQUIRED IMPORTED_TARGET cjose)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET openssl)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)

add_library(hub_options INTERFACE)
target_compile_features(hub_options INTERFACE c_std_17)
target_compile_definitions(hub_options INTERFACE _GNU_SOURCE HUB_VERSION="${PROJECT_VERSION}")
target_compile_options(hub_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
  -Wcast-qual -Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough -fno-common -fstack-protector-strong)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(hub_options INTERFACE -Wno-format-truncation)
endif()
if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
  target_compile_options(hub_options INTERFACE -Wno-missing-field-initializers) # { NULL, ... } as gcc has it
endif()
if(HUB_FUZZ)
  target_compile_options(hub_options INTERFACE -fsanitize=fuzzer-no-link) # coverage of the libraries, too
endif()
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  # Assertions (hub_check) do not depend on NDEBUG: they stay in every build.
  target_compile_options(hub_options INTERFACE -O2)
  target_compile_definitions(hub_options INTERFACE _FORTIFY_SOURCE=2)
endif()
if(HUB_SANITIZE)
  target_compile_options(hub_options INTERFACE -fsanitize=${HUB_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(hub_options INTERFACE -fsanitize=${HUB_SANITIZE})
endif()

# hub_library(name [BASE dir] SOURCES a.c ... HEADERS a.h ... DEPS lib ...): a static library whose headers are included as
# "folder/a.h" relative to BASE: common/, unless a service says "${PROJECT_SOURCE_DIR}/services"; each header is compiled
# alone by target all_verify_interface_header_sets.
function(hub_library name)
  cmake_parse_arguments(A "" "BASE" "SOURCES;HEADERS;DEPS" ${ARGN})
  if(NOT A_BASE)
    set(A_BASE "${PROJECT_SOURCE_DIR}/common")
  endif()
  add_library(${name} STATIC ${A_SOURCES})
  target_link_libraries(${name} PUBLIC ${A_DEPS} PRIVATE hub_options)
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS "${A_BASE}" FILES ${A_HEADERS})
  set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON LINKER_LANGUAGE C)
endfunction()

# hub_program(name SOURCES ... DEPS ...)
function(hub_program name)
  cmake_parse_arguments(A "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  target_link_libraries(${name} PRIVATE ${A_DEPS} hub_options)
endfunction()

# hub_daemon_program(name SOURCES ... DEPS ...): a program on jemalloc: messages are allocated by librdkafka's threads and
# freed by ours, which costs the C library's malloc more time and leaves it more memory (ARCHITECTURE.md has the figures).
# Sanitizers bring their own.
function(hub_daemon_program name)
  hub_program(${name} ${ARGN})
  if(NOT HUB_SANITIZE)
    target_link_libraries(${name} PRIVATE PkgConfig::JEMALLOC)
  endif()
endfunction()

# hub_unit_test(name SOURCES ... DEPS ...): a cmocka program that ctest runs.
function(hub_unit_test name)
  cmake_parse_arguments(A "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  target_link_libraries(${name} PRIVATE ${A_DEPS} PkgConfig::CMOCKA hub_options)
  add_test(NAME ${name} COMMAND ${name})
endfunction()

# hub_pure(lib symbol ...): the test pure.<lib> fails when the archive needs a symbol from outside that is neither on the
# allow-list (tests/lint/pure) nor among these: no I/O, no clock, no environment. Names of hub_, referral_, gateway_ and json_ pass.
function(hub_pure lib)
  add_test(NAME pure.${lib} COMMAND "${PROJECT_SOURCE_DIR}/tests/lint/pure" $<TARGET_FILE:${lib}> ${ARGN})
endfunction()

# hub_fuzz(name SOURCES ... DEPS ... CORPUS dir ...): a libFuzzer program when HUB_FUZZ is on; otherwise the same source
# with a small main (tests/fuzz/replay.c) that replays its corpus under ctest. Target fuzzers builds them all.
add_custom_target(fuzzers)
function(hub_fuzz name)
  cmake_parse_arguments(A "" "" "SOURCES;DEPS;CORPUS" ${ARGN})
  if(HUB_FUZZ)
    add_executable(${name} ${A_SOURCES})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${A_SOURCES} "${PROJECT_SOURCE_DIR}/tests/fuzz/replay.c")
    add_test(NAME ${name} COMMAND ${name} ${A_CORPUS})
  endif()
  target_link_libraries(${name} PRIVATE ${A_DEPS} hub_options)
  add_dependencies(fuzzers ${name})
endfunction()
