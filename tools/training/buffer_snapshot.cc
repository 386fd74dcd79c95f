#include "tools/training/buffer_snapshot.h"

#include <cstring>
#include <string>

namespace hairpin {

BufferSnapshot::BufferSnapshot(nn::Module& model) {
  model.VisitBuffers([&](const std::string&, Tensor& buffer) {
    copies_.push_back({buffer, std::vector<std::byte>(buffer.spec().bytes())});
  });
  Take();
}

void BufferSnapshot::Take() {
  for (Copy& copy : copies_) {
    std::memcpy(copy.bytes.data(), copy.buffer.raw_bytes(), copy.bytes.size());
  }
}

void BufferSnapshot::Restore() {
  for (Copy& copy : copies_) {
    std::memcpy(copy.buffer.raw_bytes(), copy.bytes.data(), copy.bytes.size());
  }
}

}  // namespace hairpin
