# Debian's librocksdb-dev has a package for CMake that asks for the development files of every compressor, of which the
# shared library needs none. Defines the imported target RocksDB::library. IMPORTED makes its headers SYSTEM headers.
find_path(RocksDB_INCLUDE_DIR rocksdb/version.h)
find_library(RocksDB_LIBRARY rocksdb)
if(RocksDB_INCLUDE_DIR)
  foreach(_rocksdb_part MAJOR MINOR PATCH)
    file(STRINGS "${RocksDB_INCLUDE_DIR}/rocksdb/version.h" _rocksdb_line REGEX "^#define ROCKSDB_${_rocksdb_part} [0-9]+")
    string(REGEX REPLACE ".* ([0-9]+)$" "\\1" _rocksdb_${_rocksdb_part} "${_rocksdb_line}")
  endforeach()
  set(RocksDB_VERSION "${_rocksdb_MAJOR}.${_rocksdb_MINOR}.${_rocksdb_PATCH}")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(RocksDB REQUIRED_VARS RocksDB_LIBRARY RocksDB_INCLUDE_DIR VERSION_VAR RocksDB_VERSION)
if(RocksDB_FOUND AND NOT TARGET RocksDB::library)
  add_library(RocksDB::library UNKNOWN IMPORTED)
  set_target_properties(RocksDB::library PROPERTIES
    IMPORTED_LOCATION "${RocksDB_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${RocksDB_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
