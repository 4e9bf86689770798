(let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "DRAWING")))
       (layers (car (gimp-image-get-layers image))))
  (plug-in-colorgan-flats #:run-mode RUN-NONINTERACTIVE #:image image #:drawables layers #:seed 3 #:close-gaps 4)
  (gimp-file-save RUN-NONINTERACTIVE image "RESULT" -1))
