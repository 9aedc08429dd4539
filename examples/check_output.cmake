# cmake -D program=... -D expected=file -P check_output.cmake
execute_process(COMMAND ${program} OUTPUT_VARIABLE printed RESULT_VARIABLE status TIMEOUT 60)
file(READ ${expected} wanted)
if(NOT status EQUAL 0 OR NOT printed STREQUAL wanted)
  message(FATAL_ERROR "status ${status}; printed:\n${printed}\nexpected:\n${wanted}")
endif()
