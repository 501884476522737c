# Rooms: one target for each folder of a layer, in the order of the rooms. A room sees its own headers and those of the
# rooms below it, by paths such as "types/types.h", and nothing else: an include that goes up does not compile.
#
#   add_rooms(analysis base syntax …)   makes analysis_base, analysis_syntax, … and the library analysis of all of them
function(add_rooms layer)
  set(below)
  set(objects)
  foreach(room IN LISTS ARGN)
    set(view ${CMAKE_BINARY_DIR}/rooms/${layer}/${room})
    file(MAKE_DIRECTORY ${view})
    file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${layer}/${room} ${view}/${room} SYMBOLIC)
    list(APPEND below ${view})
    file(GLOB sources CONFIGURE_DEPENDS ${layer}/${room}/*.c)
    set(target ${layer}_${room})
    add_library(${target} OBJECT ${sources})
    target_include_directories(${target} PRIVATE ${below})
    target_link_libraries(${target} PRIVATE heapls_options)
    list(APPEND objects $<TARGET_OBJECTS:${target}>)
  endforeach()
  add_library(${layer} STATIC ${objects})
endfunction()
