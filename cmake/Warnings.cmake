# Warnings, sanitizers and ccache for every target of ours. Libraries come in as SYSTEM headers.
add_library(lintel_flags INTERFACE)
target_compile_options(lintel_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough
  # A designated initializer names what differs from the defaults; the rest is left out on purpose.
  -Wno-missing-field-initializers)
target_compile_definitions(lintel_flags INTERFACE $<$<NOT:$<CONFIG:Release>>:_GLIBCXX_ASSERTIONS>)

if(LINTEL_SANITIZE)
  add_compile_options(-fsanitize=${LINTEL_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${LINTEL_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 sees an uninitialized value in libstdc++'s <regex>, which Catch2 includes, once it is instrumented.
    target_compile_options(lintel_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
  if(LINTEL_SANITIZE MATCHES "undefined")
    # Without vptr: the queues of CAF 0.17 cast their sentinel, a bare node, to a message before they compare it
    # (caf/intrusive/task_queue.hpp), in headers that are compiled into our files.
    add_compile_options(-fno-sanitize-recover=undefined -fno-sanitize=vptr)
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # ccache and precompiled headers agree only with these (ccache manual, "Precompiled headers").
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT LINTEL_CLANG_TIDY) # clang does not know the flag
    add_compile_options(-fpch-preprocess)
  endif()
endif()

if(LINTEL_CLANG_TIDY)
  find_program(CLANG_TIDY NAMES clang-tidy clang-tidy-14 REQUIRED)
  # clang does not read g++'s precompiled headers.
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
  set(CMAKE_CXX_CLANG_TIDY ${CLANG_TIDY})
endif()
