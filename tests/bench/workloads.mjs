// What is run, and which figures of the generator's report become rows of the table.

/// `duration`: seconds, unless --duration says otherwise.
export const workloads = {
  "idle-15k": {
    scenario: ["idle", "--connections", "15000", "--rooms", "150"], duration: 1,
    rows: [{ name: "idle-15k, bytes per connection", figure: "server_pss_bytes_per_connection", digits: 0 }],
  },
  "upgrade-join": {
    scenario: ["idle", "--connections", "5000", "--rooms", "50"], duration: 1,
    rows: [{ name: "upgrade + join, µs CPU", figure: "server_cpu_per_join_us", digits: 1 }],
  },
  "fan-1000": fanout("fan-1000", "delivery"),
  "fan-10k": fanout("fan-10k", "delivery"),
  "fan-rooms10": fanout("fan-rooms10", "delivery"),
  "lat-100x50": {
    ...fanout("lat-100x50", "delivery"),
    rows: [
      { name: "lat-100x50, p50 µs", figure: "delivery_p50_us", digits: 0 },
      { name: "lat-100x50, p99 µs", figure: "delivery_p99_us", digits: 0 },
      { name: "lat-100x50, µs CPU per delivery", figure: "server_cpu_per_delivery_us", digits: 2 },
    ],
  },
  "rpc-100": fanout("rpc-100", "reply"),
};

function fanout(name, unit) {
  return {
    scenario: ["fanout", "--workload", name], duration: 5,
    rows: [{ name: `${name}, µs CPU per ${unit}`, figure: `server_cpu_per_${unit}_us`, digits: 2 }],
  };
}
