// Packs text as gzip does, for tests of what reads it.
//
//   WriteTestFile("data.gz", Gzip("hello"));
#ifndef HAIRPIN_DATA_GZIP_TEST_UTIL_H_
#define HAIRPIN_DATA_GZIP_TEST_UTIL_H_

#include <zlib.h>

#include <string>
#include <string_view>

#include "tensor/check.h"

namespace hairpin {

// One gzip member.
inline std::string Gzip(std::string_view text) {
  z_stream z = {};
  HAIRPIN_CHECK(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK)
      << "zlib";
  std::string packed(deflateBound(&z, text.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  HAIRPIN_CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END) << "zlib";
  packed.resize(packed.size() - z.avail_out);
  deflateEnd(&z);
  return packed;
}

}  // namespace hairpin

#endif  // HAIRPIN_DATA_GZIP_TEST_UTIL_H_
